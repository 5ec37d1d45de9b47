using System.Collections.Concurrent;
using System.Collections.Frozen;
using LibGit2Sharp;

namespace PluginHost.Sources;

/// <summary>Turns git's trees into <see cref="SourceTree"/>s; a folder that was read before costs a look-up.</summary>
internal sealed class GitTreeReader(Repository repository)
{
    private readonly ConcurrentDictionary<string, SourceTree> _known = new();

    public SourceTree Read(Tree tree)
    {
        // Only what the newest commit holds is kept: what is read again below moves over from the old set.
        var before = new Dictionary<string, SourceTree>(_known);
        _known.Clear();
        return Read(tree, before);
    }

    /// <summary>The content of a file, or null when it is missing.</summary>
    public Stream? OpenContent(string blobId)
    {
        if (repository.Lookup<Blob>(blobId) is not { } blob)
        {
            return null;
        }

        var content = new MemoryStream();
        using var stream = blob.GetContentStream();
        stream.CopyTo(content);
        content.Position = 0;
        return content;
    }

    /// <summary>Whether the folders can be read. Throws LibGit2Sharp's exception when one is damaged.</summary>
    public static bool IsWhole(Tree? tree) =>
        tree is not null && tree.All(entry => entry.TargetType != TreeEntryTargetType.Tree || IsWhole(entry.Target as Tree));

    private SourceTree Read(Tree tree, Dictionary<string, SourceTree> before)
    {
        if (before.TryGetValue(tree.Sha, out var known))
        {
            Keep(known);
            return known;
        }

        var files = new Dictionary<string, SourceFile>(StringComparer.Ordinal);
        var folders = new Dictionary<string, SourceTree>(StringComparer.Ordinal);
        foreach (var entry in tree)
        {
            RefuseUnsafe(entry);
            if (entry.TargetType == TreeEntryTargetType.Tree)
            {
                folders.Add(entry.Name, Read((Tree)entry.Target, before));
            }
            else
            {
                files.Add(entry.Name, new SourceFile(EntryId(entry), Kind(entry.Mode)) { LinkText = LinkText(entry) });
            }
        }

        var read = new SourceTree(tree.Sha, files.ToFrozenDictionary(), folders.ToFrozenDictionary());
        _known[read.Id] = read;
        return read;
    }

    private void Keep(SourceTree tree)
    {
        if (_known.TryAdd(tree.Id, tree))
        {
            foreach (var folder in tree.Folders.Values)
            {
                Keep(folder);
            }
        }
    }

    /// <summary>git itself never makes such names; somebody who means harm does, to have files written outside the tree.</summary>
    private static void RefuseUnsafe(TreeEntry entry)
    {
        var name = entry.Name;
        if (name is "" or "." or ".." || name.Equals(".git", StringComparison.OrdinalIgnoreCase) || name.AsSpan().ContainsAny('/', '\\', '\0')
            || (OperatingSystem.IsWindows() && name.Contains(':')))
        {
            throw new SourceException(
                SourceFailure.NothingToDeploy,
                $"The commit holds an entry named '{entry.Path}', which could be written outside its folder, so the commit is refused. What is live stays live. Remove the entry.");
        }
    }

    private static string EntryId(TreeEntry entry) => entry.Target.Id.Sha;

    private static string? LinkText(TreeEntry entry) => entry.Mode == Mode.SymbolicLink ? ((Blob)entry.Target).GetContentText() : null;

    private static SourceFileKind Kind(Mode mode) => mode switch
    {
        Mode.ExecutableFile => SourceFileKind.Executable,
        Mode.SymbolicLink => SourceFileKind.SymbolicLink,
        Mode.GitLink => SourceFileKind.Submodule,
        _ => SourceFileKind.Regular,
    };
}
