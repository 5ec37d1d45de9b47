namespace PluginHost.Sources;

/// <summary>Which symbolic links of a commit are followed: those that stay within it.</summary>
internal static class SymbolicLinks
{
    /// <summary>The repository path a link leads to, or null when it leads out of the repository, nowhere, or through another link.</summary>
    public static string? Target(SourceSnapshot snapshot, string path, SourceFile link)
    {
        // A path through a second link can leave the tree although its text does not, so only real folders are walked.
        var target = RepositoryPath.Resolve(RepositoryPath.Folder(path), snapshot.ReadText(link));
        return target is null
            || snapshot.Tree.FindFile(target) is not { Kind: SourceFileKind.Regular or SourceFileKind.Executable } && snapshot.Tree.FindFolder(target) is null
            ? null
            : target;
    }
}
