using PluginHost.Planning;
using PluginHost.Sources;

namespace PluginHost.Building;

/// <summary>What builds ask for and the commit does not have: projects elsewhere, files in git-lfs, submodules.</summary>
internal sealed class CommitGaps(Workspace workspace, SourceSnapshot snapshot, InputReader inputs)
{
    // Those that were not fetched.
    private List<string> Submodules => field ??=
        [.. snapshot.Tree.AllFiles().Where(file => file.Value.Kind == SourceFileKind.Submodule).Select(file => file.Key)];

    /// <summary>Why a plugin that was built is not what its commit says; null when it is.</summary>
    public string? FindIn(PlannedPlugin plugin, InputManifest? made)
    {
        if (inputs.ReferencesOutside(plugin.Project).FirstOrDefault() is { } outside)
        {
            return $"{plugin.PluginId} references {outside}, a project out of the repository, so no commit says what it is made of and it is not taken. Move that project into the repository, or reference it as a package.";
        }

        if (inputs.MissingReferences(plugin.Project).FirstOrDefault() is { } missing)
        {
            var path = workspace.PathOf(missing)!;
            return $"{plugin.PluginId} references {path}, and there is no such project in the commit, so it is not taken. {TellOfSubmodule(path) ?? "Commit that project, or take the reference away."}";
        }

        var pointers = Pointers(pointer => made?.Files.ContainsKey(pointer) == true);
        return pointers.Count == 0 ? null : $"{plugin.PluginId} is not taken: {TellOfPointers(pointers)}";
    }

    /// <summary>Sentences to follow the message of a build that failed; empty when the commit has all.</summary>
    public string Explain(PlannedPlugin plugin, IReadOnlyList<Diagnostic> diagnostics)
    {
        var pointers = Pointers(pointer => RepositoryPath.IsWithin(pointer, RepositoryPath.Folder(plugin.Project)));
        var submodule = Submodules.Find(path => diagnostics.Any(diagnostic => Mentions(diagnostic, path)));
        return (pointers.Count == 0 ? "" : $" {TellOfPointers(pointers)}") + (submodule is null ? "" : $" {TellOfSubmodule(submodule)}");
    }

    private List<string> Pointers(Func<string, bool> count) => [.. workspace.LfsPointers.Where(count).Order(StringComparer.Ordinal)];

    private static string TellOfPointers(List<string> pointers) =>
        $"{pointers[0]}{(pointers.Count > 1 ? $" and {pointers.Count - 1} more" : "")}, which its build reads, is not the file itself but a pointer of git-lfs, and the host does not fetch what lies there. Commit it to git itself (git lfs migrate export).";

    private string? TellOfSubmodule(string path) => Submodules.Find(submodule => path == submodule || RepositoryPath.IsWithin(path, submodule)) is { } found
        ? $"{found} is a submodule, and its files are not part of the commit. Set Sources:{snapshot.Source}:Submodules to have them fetched."
        : null;

    private bool Mentions(Diagnostic diagnostic, string submodule) =>
        $"{diagnostic.File} {diagnostic.Message}".Replace('\\', '/').Contains($"{workspace.Root}/{submodule}/".Replace('\\', '/'), StringComparison.Ordinal);
}
