namespace PluginHost.Build;

/// <summary>The repository's root directory, and what lies where in it.</summary>
internal sealed record RepositoryRoot(string Directory)
{
    public string Solution => Path.Combine(Directory, "PluginHost.sln");

    public string HostProject => Path.Combine(Directory, "src", "PluginHost.App", "PluginHost.App.csproj");

    public string Artifacts => Path.Combine(Directory, "artifacts");

    /// <summary>The root that this program was built in, wherever it was started.</summary>
    public static RepositoryRoot Find()
    {
        for (var directory = AppContext.BaseDirectory; directory is not null; directory = Path.GetDirectoryName(directory))
        {
            if (File.Exists(Path.Combine(directory, "PluginHost.sln")))
            {
                return new RepositoryRoot(directory);
            }
        }

        throw new InvalidOperationException(
            $"No PluginHost.sln was found above '{AppContext.BaseDirectory}'. Start this program with build.sh or build.ps1.");
    }

    /// <summary>The projects whose name ends in <c>.Tests</c>, the quick ones first.</summary>
    public IEnumerable<string> TestProjects() =>
        System.IO.Directory.GetFiles(Path.Combine(Directory, "tests"), "*.Tests.csproj", SearchOption.AllDirectories)
            .Select(path => Path.GetFileNameWithoutExtension(path))
            .OrderBy(name => name.Contains("EndToEnd", StringComparison.Ordinal))
            .ThenBy(name => name, StringComparer.Ordinal);

    public string BuiltAssembly(string project) =>
        Path.Combine(Artifacts, "bin", project, "release", project + ".dll");
}
