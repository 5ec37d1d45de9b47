using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;

namespace PluginHost.Sources;

/// <summary>The files of submodules, put where a commit has only their names. Blocks, and is used by one thread at a time.</summary>
/// <param name="directory">Where their clones are, or will be.</param>
/// <param name="credentials">How to sign in to the source's own server. No other server gets a token.</param>
internal sealed class Submodules(string directory, CredentialOptions credentials) : IDisposable
{
    // Repositories may contain each other without end.
    private const int MaxDepth = 5;

    // Contents are read from those that are here while another one is being fetched.
    private readonly ConcurrentDictionary<string, GitClone> _clones = new();

    // A folder that did not change stays the same object, with its submodules as without.
    private readonly ConditionalWeakTable<SourceTree, SourceTree> _whole = [];

    /// <summary>The tree with the files of its submodules, and of theirs.</summary>
    /// <param name="tree">The files of the commit.</param>
    /// <param name="remote">Where the commit is from: relative addresses begin there.</param>
    /// <param name="openContent">Opens its files.</param>
    /// <param name="cancellationToken">Ends the talk with a remote.</param>
    /// <exception cref="SourceException">A submodule cannot be had.</exception>
    public SourceTree Fill(SourceTree tree, RemoteAddress remote, Func<string, Stream> openContent, CancellationToken cancellationToken) =>
        Fill(tree, remote, openContent, 0, cancellationToken);

    /// <summary>Opens the content of a file by its object id; null when it is in no submodule.</summary>
    public Stream? OpenContent(string blobId) => _clones.Values.Select(clone => clone.FindContent(blobId)).FirstOrDefault(content => content is not null);

    public void Dispose()
    {
        foreach (var clone in _clones.Values)
        {
            clone.Dispose();
        }
    }

    private SourceTree Fill(SourceTree tree, RemoteAddress remote, Func<string, Stream> openContent, int depth, CancellationToken cancellationToken)
    {
        if (_whole.TryGetValue(tree, out var whole))
        {
            return whole;
        }

        var addresses = tree.FindFile(GitModules.Name) is { } file ? GitModules.Read(new StreamReader(openContent(file.Id))) : new Dictionary<string, string>();
        whole = Fill(tree, "", (path, commit) => depth >= MaxDepth
            ? throw Refuse(remote, path, $"it lies more than {MaxDepth} submodules deep, and so deep none are fetched")
            : Fetch(remote, path, addresses.GetValueOrDefault(path) ?? throw Refuse(remote, path, $"{GitModules.Name} does not say where it is from"), commit, depth, cancellationToken));
        _whole.Add(tree, whole);
        return whole;
    }

    private static SourceTree Fill(SourceTree tree, string path, Func<string, string, SourceTree> fetch)
    {
        var submodules = tree.Files.Where(file => file.Value.Kind == SourceFileKind.Submodule).ToList();
        var folders = tree.Folders.ToDictionary(folder => folder.Key, folder => Fill(folder.Value, RepositoryPath.Join(path, folder.Key), fetch));
        if (submodules.Count == 0 && folders.All(folder => ReferenceEquals(folder.Value, tree.Folders[folder.Key])))
        {
            return tree;
        }

        foreach (var (name, submodule) in submodules)
        {
            folders.Add(name, fetch(RepositoryPath.Join(path, name), submodule.Id));
        }

        // git's id of a folder says which commits its submodules are at, so it says what they hold.
        return new SourceTree($"{tree.Id}+", tree.Files.Where(file => file.Value.Kind != SourceFileKind.Submodule).ToFrozenDictionary(), folders.ToFrozenDictionary());
    }

    private SourceTree Fetch(RemoteAddress parent, string path, string address, string commit, int depth, CancellationToken cancellationToken)
    {
        var remote = GitModules.Resolve(parent, address) ?? throw Refuse(parent, path, $"its address, '{address}', is none that a repository elsewhere may name");
        var clone = CloneOf(remote, parent);
        if (!clone.Holds(commit))
        {
            clone.FetchBranches(cancellationToken);
        }

        return clone.Holds(commit)
            ? Fill(clone.ReadTree(commit), remote, clone.OpenContent, depth + 1, cancellationToken)
            : throw Refuse(parent, path, $"no branch of {remote} has its commit {commit[..7]}. Push it there");
    }

    private GitClone CloneOf(RemoteAddress remote, RemoteAddress parent)
    {
        if (!_clones.TryGetValue(remote.Url, out var clone))
        {
            var folder = Path.Combine(directory, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(remote.Url)))[..16]);
            Directory.CreateDirectory(folder);

            // A key stays here when it is used; a token is handed over.
            var own = remote.IsSsh || remote.IsOn(parent.Url) ? credentials : new CredentialOptions();
            clone = new GitClone(Path.Combine(folder, "repository.git"), remote, own, remote.IsSsh ? new SshCommand(own, remote, folder) : null);
            _clones[remote.Url] = clone;
        }

        return clone;
    }

    private static SourceException Refuse(RemoteAddress remote, string path, string why) => new(
        SourceFailure.NothingToDeploy,
        $"The submodule {path} of {remote} cannot be fetched: {why}. What is live stays live, and the commit is not built.");
}
