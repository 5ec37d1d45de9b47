using PluginHost.Sources;

namespace PluginHost.Planning;

/// <summary>Files that the SDK and NuGet look for by name, in a project's folder and the folders above it.</summary>
internal static class WellKnownFiles
{
    private static readonly string[] InEachFolderUp =
    [
        "Directory.Build.props", "Directory.Build.targets", "Directory.Build.rsp", "Directory.Packages.props",
        "NuGet.config", "nuget.config", "NuGet.Config", "global.json", ".editorconfig", ".globalconfig",
    ];

    private static readonly string[] InProjectFolder = ["packages.lock.json", "packages.config"];

    private static readonly string[] ProjectExtensions = [".csproj", ".fsproj", ".vbproj"];

    public static bool IsProject(string path) =>
        ProjectExtensions.Any(extension => path.EndsWith(extension, StringComparison.OrdinalIgnoreCase));

    /// <summary>Every path at which a file would take part in the build of a project, whether or not there is one.</summary>
    public static IEnumerable<string> For(string project)
    {
        var folder = RepositoryPath.Folder(project);
        return InProjectFolder
            .Select(name => RepositoryPath.Join(folder, name))
            .Concat(RepositoryPath.SelfAndAbove(folder).SelectMany(above => InEachFolderUp.Select(name => RepositoryPath.Join(above, name))));
    }

    /// <summary>Whether a new file of this name may be taken in by a pattern. A file that says otherwise in its project is found by the build itself.</summary>
    public static bool MayBeInput(string path)
    {
        var name = RepositoryPath.Name(path);
        return !name.EndsWith(".md", StringComparison.OrdinalIgnoreCase)
            && name is not ("LICENSE" or ".gitignore" or ".gitattributes" or ".gitkeep");
    }
}
