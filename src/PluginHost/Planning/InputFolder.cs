using PluginHost.Sources;

namespace PluginHost.Planning;

/// <summary>A folder that files are taken in from without being named, as a manifest keeps it.</summary>
internal static class InputFolder
{
    /// <summary>The key of a folder of which only the names count, and only those of one extension.</summary>
    public static string Pattern(string folder, string extension, bool recursive) =>
        RepositoryPath.Join(folder, recursive ? $"**/*{extension}" : $"*{extension}");

    /// <summary>What the folder holds: a word for its names and, for a whole folder, one for its content.</summary>
    public static string Read(SourceTree root, string key)
    {
        if (!RepositoryPath.Name(key).StartsWith('*'))
        {
            return Whole(root, key, []);
        }

        var (folder, extension) = (RepositoryPath.Folder(key), RepositoryPath.Name(key)[1..]);
        var recursive = RepositoryPath.Name(folder) == "**";
        var tree = root.FindFolder(recursive ? RepositoryPath.Folder(folder) : folder);
        return tree is null ? "" : FolderState.NamesOf(tree, extension, recursive);
    }

    /// <summary>The difference between two answers of <see cref="Read"/>, in words.</summary>
    public static string Tell(string key, string before, string now)
    {
        if (RepositoryPath.Name(key).StartsWith('*'))
        {
            return $"files were added to or removed from {key}";
        }

        var name = key.Length == 0 ? "the root folder" : key;
        return before.Split(' ')[0] == now.Split(' ')[0] ? $"a file in {name} was changed" : $"files were added to or removed from {name}";
    }

    private static string Whole(SourceTree root, string folder, HashSet<string> seen)
    {
        // A link may lead to a folder that holds the link.
        if (!seen.Add(folder) || root.FindFolder(folder) is not { } tree)
        {
            return "";
        }

        var state = FolderState.Of(tree);
        var targets = state.Links.Select(link => SymbolicLinks.RealPath(root, RepositoryPath.Join(folder, link))).ToList();
        return targets.Count == 0
            ? $"{state.Names} {state.Content}"
            : $"{state.Names} {FolderState.Hash([state.Content, .. targets.Select(target => root.FindFile(target)?.Id ?? Whole(root, target, seen))])}";
    }
}
