using LibGit2Sharp;

namespace PluginHost.Sources;

/// <summary>The files of a folder as they lie there, as commits: kept in a repository of the host's own, so that nothing is written to the folder's.</summary>
/// <remarks>What git ignores is left out. Blocks, and is used by one thread at a time.</remarks>
internal sealed class WorkingTree : IDisposable
{
    private const string IgnoredWithoutGit = "bin/\nobj/\n.vs/\n.idea/\n";
    private const string Author = "working tree";
    private const int ShortId = 7;

    private readonly string _name;
    private readonly string _root;
    private readonly TimeProvider _time;
    private readonly Repository _own;
    private readonly bool _isInGit;
    private readonly GitTreeReader _trees;
    private readonly Lock _lock = new();

    // For commits that are asked for by name.
    private Repository? _theirs;

    /// <param name="name">The source's name.</param>
    /// <param name="root">The folder: the root of a working tree, or one that git knows nothing of.</param>
    /// <param name="directory">Where the own repository is, or will be.</param>
    /// <param name="time">Tells the time of the commits.</param>
    public WorkingTree(string name, string root, string directory, TimeProvider time)
    {
        _name = name;
        _root = root;
        _time = time;
        if (!Directory.Exists(directory))
        {
            Repository.Init(directory, isBare: true);
        }

        _own = new Repository(directory, new RepositoryOptions { WorkingDirectoryPath = root, IndexPath = Path.Combine(directory, "index") });

        // Bytes are taken as they lie there, whatever the author's own git configuration says.
        _own.Config.Set("core.autocrlf", false);
        _isInGit = Path.Exists(Path.Combine(root, ".git"));
        _trees = new GitTreeReader(_own);
        File.WriteAllText(Path.Combine(directory, "info", "exclude"), ReadExcludes());
    }

    /// <summary>The files as they are now. Answers the given snapshot itself when they are as they were then.</summary>
    public SourceSnapshot Read(SourceSnapshot? current)
    {
        lock (_lock)
        {
            Commands.Stage(_own, "*");
            StageWhatIsTrackedAlthoughIgnored();
            var tree = _own.Index.WriteToTree();
            if (tree.Sha == current?.Tree.Id)
            {
                return current;
            }

            var read = _trees.Read(tree);
            var message = current is null ? "as it was found" : Describe(current.Tree, read);
            var author = new Signature(Author, "working-tree@localhost", _time.GetUtcNow());
            var commit = _own.ObjectDatabase.CreateCommit(author, author, message, tree, [], prettifyMessage: false);
            return Snapshot(commit, read, OpenOwn) with { Branch = Author };
        }
    }

    /// <summary>A commit of the folder's own repository.</summary>
    /// <param name="reference">Names it, in git's own way.</param>
    /// <exception cref="SourceException">There is no such commit.</exception>
    public SourceSnapshot ReadCommit(string reference)
    {
        if (!_isInGit)
        {
            throw new SourceException(SourceFailure.NothingToDeploy, $"{_root} is not in a git repository, so it has no '{reference}' to compare with.");
        }

        try
        {
            _theirs ??= new Repository(_root);
            return _theirs.Lookup(reference)?.Peel<Commit>() is { } commit
                ? Snapshot(commit, new GitTreeReader(_theirs).Read(commit.Tree), OpenTheirs)
                : throw Unknown(reference, null);
        }
        catch (LibGit2SharpException failure)
        {
            throw Unknown(reference, failure);
        }
    }

    public void Dispose()
    {
        _own.Dispose();
        _theirs?.Dispose();
    }

    // What somebody added by force belongs to the repository, whatever is ignored.
    private void StageWhatIsTrackedAlthoughIgnored()
    {
        if (!_isInGit)
        {
            return;
        }

        // Opened anew: an index that is held does not notice what git adds to it.
        using var theirs = new Repository(_root);
        foreach (var entry in theirs.Index.Where(entry => entry.Mode != Mode.GitLink))
        {
            if (_own.Index[entry.Path] is null && Path.Exists(Path.Combine(_root, entry.Path)))
            {
                _own.Index.Add(entry.Path);
            }
        }
    }

    private string ReadExcludes()
    {
        if (!_isInGit)
        {
            return IgnoredWithoutGit;
        }

        using var theirs = new Repository(_root);
        var file = Path.Combine(theirs.Info.Path, "info", "exclude");
        return File.Exists(file) ? File.ReadAllText(file) : "";
    }

    private SourceSnapshot Snapshot(Commit commit, SourceTree tree, Func<string, Stream> openContent) => new()
    {
        Source = _name,
        Branch = null,
        Commit = commit.Sha,
        Author = commit.Author.Name,
        Message = commit.MessageShort,
        Tree = tree,
        OpenContent = openContent,
    };

    private Stream OpenOwn(string blobId)
    {
        lock (_lock)
        {
            return _trees.OpenContent(blobId) ?? throw Missing(blobId);
        }
    }

    private Stream OpenTheirs(string blobId)
    {
        lock (_lock)
        {
            return new GitTreeReader(_theirs!).OpenContent(blobId) ?? throw Missing(blobId);
        }
    }

    private static string Describe(SourceTree before, SourceTree now)
    {
        var files = SourceTree.Compare(before, now).Select(change => change.Key).Take(100).ToList();
        return files.Count == 1 ? files[0] : $"{files[0]} and {files.Count - 1} more";
    }

    private SourceException Missing(string blobId) =>
        new(SourceFailure.CloneDamaged, $"The object {blobId[..ShortId]} of the files of {_root} is missing. Look again: what changed meanwhile is then read anew.");

    private SourceException Unknown(string reference, Exception? inner) =>
        new(SourceFailure.NothingToDeploy, $"The repository {_root} has no commit '{reference}'. Name a branch, a tag or a commit; a shallow clone may have to be fetched whole (git fetch --unshallow).", inner);
}
