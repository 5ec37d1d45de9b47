namespace PluginHost.Build;

/// <summary>Makes the packages.</summary>
internal static class PackCommand
{
    public static async Task<int> ExecuteAsync(RepositoryRoot root, CancellationToken cancellationToken)
    {
        using var turn = await BuildLock.AcquireAsync(root, cancellationToken);

        var packages = Path.Combine(root.Artifacts, "packages");

        if (Directory.Exists(packages))
        {
            Directory.Delete(packages, recursive: true);
        }

        Console.WriteLine("Packing...");
        var exitCode = await Dotnet.BuildAsync(root, "Pack", root.Solution, ["_IsPacking=true", $"PackageOutputPath={packages}", $"MinVerSkip={!VersionTag.Exists(root)}"], cancellationToken);

        if (exitCode != 0)
        {
            Console.Error.WriteLine("Packing failed. The errors are above.");
            return exitCode;
        }

        foreach (var package in Directory.GetFiles(packages).Order(StringComparer.Ordinal))
        {
            Console.WriteLine(Path.GetRelativePath(root.Directory, package));
        }

        return 0;
    }
}
