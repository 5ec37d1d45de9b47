using LibGit2Sharp;
using PluginHost.Hosting;

namespace PluginHost.Sources;

/// <summary>Reads files of commits for people to look at: a bounded part of them, beside whatever fetches and builds.</summary>
/// <remarks>Each look opens the clone for itself, so that it waits for nobody and nobody for it. Paths are looked up in git's trees, never on the disk.</remarks>
internal sealed class CommitFiles(DataDirectory data)
{
    private const int MostBytes = 256 * 1024;
    private const int MostFiles = 300;
    private const int MostChars = 1024 * 1024;

    private const string Gone = "The clone does not hold this commit any more.";

    /// <summary>The text of files.</summary>
    /// <param name="source">The source's name.</param>
    /// <param name="commit">The commit.</param>
    /// <param name="paths">The files, from the root of the repository. Those beyond what can be shown are left out.</param>
    public IReadOnlyList<SourceText> Read(string source, string commit, IEnumerable<string> paths) => Look(
        source,
        repository =>
        {
            var left = MostChars;
            return (IReadOnlyList<SourceText>)[.. paths.Take(MostFiles).Select(path => Bound(Read(repository, Find(repository, commit), path), ref left))];
        },
        why => [.. paths.Take(MostFiles).Select(path => new SourceText(path, null, why))]);

    /// <summary>What differs in files between two commits.</summary>
    /// <param name="source">The source's name.</param>
    /// <param name="before">The earlier commit; null for none, where every file is new.</param>
    /// <param name="after">The later commit.</param>
    /// <param name="files">The files: whether they are there before, and after.</param>
    public (IReadOnlyList<FileChange> Files, string? Note) Compare(string source, string? before, string after, IReadOnlyCollection<(string Path, bool Before, bool After)> files) => Look<(IReadOnlyList<FileChange>, string?)>(
        source,
        repository =>
        {
            var (old, now) = (before is null ? null : Find(repository, before), Find(repository, after));
            if (now is null || (old is null && before is not null))
            {
                return ([], Gone);
            }

            var left = MostChars;
            List<FileChange> changes = [.. files.Take(MostFiles)
                .Select(file => Compare(repository, file.Path, file.Before ? BlobAt(old, file.Path) : null, file.After ? BlobAt(now, file.Path) : null, ref left))
                .OfType<FileChange>()];
            return (changes, files.Count > MostFiles ? $"Only {MostFiles} of {files.Count} files are compared here; git has them all." : null);
        },
        why => ([], why));

    private T Look<T>(string source, Func<Repository, T> look, Func<string, T> refuse)
    {
        try
        {
            using var repository = new Repository(GitClone.DirectoryIn(data.Source(source)));
            return look(repository);
        }
        catch (LibGit2SharpException failure)
        {
            // The clone is just being made anew, or is damaged, which its next fetch finds and tells.
            return refuse($"The clone cannot be read now: {failure.Message}");
        }
    }

    private static Commit? Find(Repository repository, string commit) => repository.Lookup<Commit>(commit);

    // What a link leads to, and what another repository holds, is not looked for.
    private static Blob? BlobAt(Commit? commit, string path) =>
        commit?[path] is { Mode: Mode.NonExecutableFile or Mode.ExecutableFile or Mode.NonExecutableGroupWritableFile, Target: Blob blob } ? blob : null;

    // Whatever else is asked of a blob reads all of it into memory, and anybody who may look can ask for one of a gigabyte.
    private static long SizeOf(Repository repository, Blob? blob) => blob is null ? 0 : repository.ObjectDatabase.RetrieveObjectMetadata(blob.Id).Size;

    private static SourceText Read(Repository repository, Commit? commit, string path) => BlobAt(commit, path) switch
    {
        null => new SourceText(path, null, commit is null ? Gone : "It is not in the repository itself: a link, a file of a submodule, or made by the build."),
        var blob when SizeOf(repository, blob) is > MostBytes and var size => new SourceText(path, null, $"It has {size / 1024} KiB; {MostBytes / 1024} KiB are shown at most."),
        { IsBinary: true } => new SourceText(path, null, "It is no text."),
        var blob => new SourceText(path, blob.GetContentText(), null),
    };

    private static SourceText Bound(SourceText file, ref int left)
    {
        left -= file.Text?.Length ?? 0;
        return left >= 0 || file.Text is null ? file : new SourceText(file.Path, null, "There is too much to show it all.");
    }

    private static FileChange? Compare(Repository repository, string path, Blob? before, Blob? after, ref int left)
    {
        if (before?.Id == after?.Id)
        {
            return null;
        }

        var kind = before is null ? FileChangeKind.Added : after is null ? FileChangeKind.Removed : FileChangeKind.Changed;
        if (Math.Max(SizeOf(repository, before), SizeOf(repository, after)) > MostBytes || left <= 0)
        {
            return new FileChange(path, kind, 0, 0, null, "It is too large to be compared here.");
        }

        var changes = repository.Diff.Compare(before, after);
        if (changes.IsBinaryComparison)
        {
            return new FileChange(path, kind, 0, 0, null, "It is no text.");
        }

        left -= changes.Patch.Length;
        return new FileChange(path, kind, changes.LinesAdded, changes.LinesDeleted, changes.Patch, null);
    }
}
