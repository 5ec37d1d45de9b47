namespace PluginHost.Sources;

/// <summary>Which symbolic links of a commit are followed: those that stay within it.</summary>
internal static class SymbolicLinks
{
    // As many as Linux follows.
    private const int MaxSteps = 40;

    /// <summary>The repository path a link leads to, or null when it leads out of the repository, nowhere, or through another link.</summary>
    public static string? Target(SourceTree root, string path, SourceFile link)
    {
        // A path through a second link can leave the tree although its text does not, so only real folders are walked.
        var target = RepositoryPath.Resolve(RepositoryPath.Folder(path), link.LinkText ?? "");
        return target is null
            || root.FindFile(target) is not { Kind: SourceFileKind.Regular or SourceFileKind.Executable } && root.FindFolder(target) is null
            ? null
            : target;
    }

    /// <summary>The path without links in it; as it is when there are none, or one that is not followed.</summary>
    public static string RealPath(SourceTree root, string path)
    {
        for (var steps = 0; steps < MaxSteps && WithoutFirstLink(root, path) is { } real; steps++)
        {
            path = real;
        }

        return path;
    }

    private static string? WithoutFirstLink(SourceTree root, string path)
    {
        var folder = root;
        for (var end = 0; end < path.Length; end++)
        {
            var start = end;
            end = path.IndexOf('/', start) is var slash and >= 0 ? slash : path.Length;
            var name = path[start..end];
            if (folder.Files.TryGetValue(name, out var file))
            {
                return file.Kind == SourceFileKind.SymbolicLink && Target(root, path[..end], file) is { } target
                    ? RepositoryPath.Join(target, path[end..].TrimStart('/')).TrimEnd('/')
                    : null;
            }

            if (!folder.Folders.TryGetValue(name, out folder!))
            {
                return null;
            }
        }

        return null;
    }
}
