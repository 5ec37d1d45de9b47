using PluginHost.Planning;
using PluginHost.Sources;

namespace PluginHost.Building;

/// <summary>The file beside a project that says which packages it takes, by version and content.</summary>
internal static class LockFile
{
    private const string Name = "packages.lock.json";

    /// <summary>Its path in a commit, or null when a project has none. NuGet itself would restore without a word then.</summary>
    public static string? Find(SourceTree tree, string project)
    {
        var folder = RepositoryPath.Folder(project);
        return new[] { Name, $"packages.{Path.GetFileNameWithoutExtension(project).Replace(' ', '_')}.lock.json" }
            .Select(name => RepositoryPath.Join(folder, name))
            .FirstOrDefault(path => tree.FindFile(path) is not null);
    }

    public static string Missing(PlannedPlugin plugin, string commit) =>
        $"{plugin.PluginId} was not built at commit {commit[..7]}: Build:LockedRestore is set, and there is no {Name} beside {plugin.Project}. "
            + "Make it with dotnet restore --use-lock-file, and commit it.";
}
