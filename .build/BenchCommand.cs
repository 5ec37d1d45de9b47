namespace PluginHost.Build;

/// <summary>Builds the benchmarks and becomes them.</summary>
internal static class BenchCommand
{
    private const string Project = "PluginHost.Benchmarks";

    public static async Task<int> ExecuteAsync(RepositoryRoot root, string[] names, CancellationToken cancellationToken)
    {
        using (await BuildLock.AcquireAsync(root, cancellationToken))
        {
            var exitCode = await Dotnet.BuildAsync(root, "Build", Path.Combine(root.Directory, "tests", Project, $"{Project}.csproj"), [], cancellationToken);
            if (exitCode != 0)
            {
                Console.Error.WriteLine("The benchmarks did not build. The errors are above.");
                return exitCode;
            }
        }

        return ProcessImage.ReplaceWith(Dotnet.Executable, [root.BuiltAssembly(Project), .. names]);
    }
}
