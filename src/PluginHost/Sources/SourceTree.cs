using System.Collections.Frozen;

namespace PluginHost.Sources;

/// <summary>A folder of a commit. Unchanged folders are the same object in the next commit, so comparing two commits costs what changed.</summary>
/// <param name="id">git's object id of the folder.</param>
/// <param name="files">The files in it, by name.</param>
/// <param name="folders">The folders in it, by name.</param>
internal sealed class SourceTree(
    string id,
    FrozenDictionary<string, SourceFile> files,
    FrozenDictionary<string, SourceTree> folders)
{
    public static readonly SourceTree Empty =
        new("", FrozenDictionary<string, SourceFile>.Empty, FrozenDictionary<string, SourceTree>.Empty);

    public string Id { get; } = id;

    public FrozenDictionary<string, SourceFile> Files { get; } = files;

    public FrozenDictionary<string, SourceTree> Folders { get; } = folders;

    public SourceTree? FindFolder(string path)
    {
        var folder = this;
        foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!folder.Folders.TryGetValue(name, out folder))
            {
                return null;
            }
        }

        return folder;
    }

    public SourceFile? FindFile(string path) =>
        FindFolder(RepositoryPath.Folder(path))?.Files.GetValueOrDefault(RepositoryPath.Name(path));

    /// <summary>Every file in this folder and below.</summary>
    /// <param name="prefix">The path of this folder, which every answered path starts with.</param>
    public IEnumerable<KeyValuePair<string, SourceFile>> AllFiles(string prefix = "")
    {
        foreach (var (name, file) in Files)
        {
            yield return new(RepositoryPath.Join(prefix, name), file);
        }

        foreach (var (name, folder) in Folders)
        {
            foreach (var file in folder.AllFiles(RepositoryPath.Join(prefix, name)))
            {
                yield return file;
            }
        }
    }

    /// <summary>The files that differ: their paths, and what they are now (null when gone).</summary>
    public static IEnumerable<KeyValuePair<string, SourceFile?>> Compare(SourceTree before, SourceTree after, string prefix = "")
    {
        if (ReferenceEquals(before, after) || before.Id == after.Id)
        {
            yield break;
        }

        foreach (var name in before.Files.Keys.Union(after.Files.Keys))
        {
            var file = after.Files.GetValueOrDefault(name);
            if (before.Files.GetValueOrDefault(name) != file)
            {
                yield return new(RepositoryPath.Join(prefix, name), file);
            }
        }

        foreach (var name in before.Folders.Keys.Union(after.Folders.Keys))
        {
            var changes = Compare(
                before.Folders.GetValueOrDefault(name, Empty),
                after.Folders.GetValueOrDefault(name, Empty),
                RepositoryPath.Join(prefix, name));
            foreach (var change in changes)
            {
                yield return change;
            }
        }
    }
}

/// <summary>A file of a commit.</summary>
/// <param name="Id">git's object id of its content.</param>
/// <param name="Kind">What git says it is.</param>
internal sealed record SourceFile(string Id, SourceFileKind Kind)
{
    /// <summary>What a symbolic link says; null for every other kind.</summary>
    public string? LinkText { get; init; }
}

/// <summary>What git says a file is.</summary>
internal enum SourceFileKind
{
    Regular,
    Executable,
    SymbolicLink,

    /// <summary>A commit of another repository; its content is not part of this one.</summary>
    Submodule,
}
