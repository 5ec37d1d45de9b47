namespace PluginHost.Build;

/// <summary>Builds a program that lies beside the tests, the benchmarks or the soak, and becomes it.</summary>
internal static class TestProgramCommand
{
    public static async Task<int> ExecuteAsync(RepositoryRoot root, string project, string[] arguments, CancellationToken cancellationToken)
    {
        using (await BuildLock.AcquireAsync(root, cancellationToken))
        {
            var exitCode = await Dotnet.BuildAsync(root, "Build", Path.Combine(root.Directory, "tests", project, $"{project}.csproj"), [], cancellationToken);
            if (exitCode != 0)
            {
                Console.Error.WriteLine($"{project} did not build. The errors are above.");
                return exitCode;
            }
        }

        return ProcessImage.ReplaceWith(Dotnet.Executable, [root.BuiltAssembly(project), .. arguments]);
    }
}
