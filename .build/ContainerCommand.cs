namespace PluginHost.Build;

/// <summary>Makes the container image of the ready host, as a file: no container engine is needed for that.</summary>
internal static class ContainerCommand
{
    /// <param name="root">The repository.</param>
    /// <param name="properties">Further properties of the SDK's container publish, such as <c>ContainerBaseImage=…</c>.</param>
    /// <param name="cancellationToken">Ends the build.</param>
    public static async Task<int> ExecuteAsync(RepositoryRoot root, string[] properties, CancellationToken cancellationToken)
    {
        using var turn = await BuildLock.AcquireAsync(root, cancellationToken);
        var archive = Path.Combine(root.Artifacts, "container", "pluginhost.tar.gz");
        Directory.CreateDirectory(Path.GetDirectoryName(archive)!);
        File.Delete(archive);

        Console.WriteLine("Building the image...");
        var exitCode = await Dotnet.BuildAsync(
            root, "Publish;PublishContainer", root.HostProject,
            ["_IsPublishing=true", $"PublishDir={Path.Combine(root.Artifacts, "container", "files")}/", $"ContainerArchiveOutputPath={archive}", $"MinVerSkip={!VersionTag.Exists(root)}", .. properties],
            cancellationToken);
        if (exitCode != 0)
        {
            Console.Error.WriteLine("The image was not built. The errors are above.");
            return exitCode;
        }

        Console.WriteLine(Path.GetRelativePath(root.Directory, archive));
        return 0;
    }
}
