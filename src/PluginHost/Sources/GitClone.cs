using System.Text;
using LibGit2Sharp;
using LibGit2Sharp.Handlers;
using PluginHost.Sources.Signatures;

namespace PluginHost.Sources;

/// <summary>What the remote says its tip is.</summary>
/// <param name="Commit">The full id of the commit.</param>
/// <param name="Reference">The reference to fetch it by.</param>
/// <param name="Branch">The branch's name, or null when HEAD is detached.</param>
internal sealed record RemoteTip(string Commit, string Reference, string? Branch);

/// <summary>A bare clone of a remote. With <see cref="GitTreeReader"/>, <see cref="CommitFiles"/>, <see cref="GitSignIn"/> and <see cref="WorkingTree"/>, the only user of LibGit2Sharp; blocks, and is used by one thread at a time.</summary>
internal sealed class GitClone : IDisposable
{
    // Kept under a name of our own: branches of the remote come and go, and the clone must not follow their deletion.
    private const string TipReference = "refs/pluginhost/tip";
    private const string RemoteName = "origin";

    private readonly string _directory;
    private readonly Repository _repository;
    private readonly RemoteAddress _remote;
    private readonly CredentialOptions _credentials;
    private readonly SshCommand? _ssh;
    private readonly GitTreeReader _trees;

    /// <summary>Where the clone of a source is.</summary>
    public static string DirectoryIn(string sourceDirectory) => Path.Combine(sourceDirectory, "repository.git");

    /// <param name="directory">Where the clone is, or will be.</param>
    /// <param name="remote">What it is a clone of.</param>
    /// <param name="credentials">How to sign in.</param>
    /// <param name="ssh">The command for ssh remotes, null for others.</param>
    /// <exception cref="SourceException">What is there is damaged.</exception>
    public GitClone(string directory, RemoteAddress remote, CredentialOptions credentials, SshCommand? ssh)
    {
        _directory = directory;
        _remote = remote;
        _credentials = credentials;
        _ssh = ssh;
        try
        {
            _repository = OpenOrCreate(directory);
            Configure();
        }
        catch (LibGit2SharpException failure)
        {
            _repository?.Dispose();
            throw Damaged(failure);
        }

        _trees = new GitTreeReader(_repository);
    }

    /// <summary>Asks the remote where the branch is, without fetching anything.</summary>
    public RemoteTip ReadTip(string? branch, CancellationToken cancellationToken)
    {
        var references = Exchange(answer => _repository.Network.ListReferences(_remote.Url, answer).ToList(), cancellationToken);
        if (references.Count == 0)
        {
            throw new SourceException(SourceFailure.NothingToDeploy, $"The repository {_remote} has no commit yet. Push one, and it is deployed.");
        }

        return branch is null ? FollowHead(references) : FollowBranch(references, branch);
    }

    public void Fetch(RemoteTip tip, Action<int, int> progress, CancellationToken cancellationToken) =>
        Fetch($"+{tip.Reference}:{TipReference}", progress, cancellationToken);

    /// <summary>Fetches all that the remote's branches have.</summary>
    public void FetchBranches(CancellationToken cancellationToken) => Fetch("+refs/heads/*:refs/pluginhost/heads/*", (_, _) => { }, cancellationToken);

    private void Fetch(string references, Action<int, int> progress, CancellationToken cancellationToken) => Exchange(
        answer =>
        {
            var options = new FetchOptions
            {
                CredentialsProvider = answer,
                TagFetchMode = TagFetchMode.None,
                OnProgress = _ => !cancellationToken.IsCancellationRequested,
                OnTransferProgress = transfer =>
                {
                    progress(transfer.ReceivedObjects, transfer.TotalObjects);
                    return !cancellationToken.IsCancellationRequested;
                },
            };
            Commands.Fetch(_repository, RemoteName, [references], options, logMessage: null);
            return true;
        },
        cancellationToken);

    /// <summary>The id of the commit that was fetched last, which may be newer than the tip that was asked for.</summary>
    public string ReadFetched() => Ask(() => _repository.Refs[TipReference]?.ResolveToDirectReference().TargetIdentifier is { } tip && _repository.Lookup<Commit>(tip) is not null
        ? tip
        : throw Damaged("what was fetched is not in it"));

    public bool Holds(string commit) => Ask(() => _repository.Lookup<Commit>(commit) is not null);

    /// <summary>A commit that the clone holds.</summary>
    public SourceSnapshot Read(string source, string? branch, string commitId, Admission admission, Func<string, Stream> openContent) => Ask(() =>
    {
        var commit = Find(commitId);
        return new SourceSnapshot
        {
            Source = source,
            Branch = branch,
            Commit = commit.Sha,
            Author = commit.Author.Name,
            Message = commit.MessageShort,
            Tree = admission.Refusal is null ? _trees.Read(commit.Tree) : SourceTree.Empty,
            Signer = admission.Signer,
            Refusal = admission.Refusal,
            OpenContent = openContent,
        };
    });

    /// <summary>Whether a commit has another one, which the clone need not hold, in its history.</summary>
    public bool IsDescendant(string commit, string ancestor) => Ask(() =>
        _repository.Lookup<Commit>(ancestor) is { } before && _repository.ObjectDatabase.FindMergeBase(before, Find(commit))?.Sha == before.Sha);

    /// <summary>The commits that one has in its history, itself included, and another one has not.</summary>
    public IEnumerable<string> CommitsSince(string before, string commit) => Ask(() => _repository.Commits.QueryBy(new CommitFilter
    {
        IncludeReachableFrom = Find(commit),
        ExcludeReachableFrom = _repository.Lookup<Commit>(before),
    }).Select(found => found.Sha));

    /// <summary>What a commit says of who signed it.</summary>
    public CommitSignature ReadSignature(string commitId) => Ask(() =>
    {
        var commit = Find(commitId);
        var signed = ReadSignature(commit);
        return new CommitSignature(commit.Sha, signed?.Signature, signed is null ? [] : Encoding.UTF8.GetBytes(signed.Value.SignedData), commit.Committer.When);
    });

    // A commit in another encoding than UTF-8 is not read to the byte, and its signature does not fit then: it errs on the safe side.
    private SignatureInfo? ReadSignature(Commit commit)
    {
        try
        {
            return Commit.ExtractSignature(_repository, commit.Id);
        }
        catch (LibGit2Sharp.NotFoundException)
        {
            return null;
        }
    }

    private Commit Find(string commit) => _repository.Lookup<Commit>(commit) ?? throw Damaged($"the commit {commit} is missing");

    /// <summary>Opens the content of a file by its object id.</summary>
    public Stream OpenContent(string blobId) => Ask(() => _trees.OpenContent(blobId) ?? throw Damaged($"the object {blobId} is missing"));

    /// <summary>The same, or null when it is not in here.</summary>
    public Stream? FindContent(string blobId) => Ask(() => _trees.OpenContent(blobId));

    /// <summary>The files of a commit that the clone holds.</summary>
    public SourceTree ReadTree(string commit) => Ask(() => _trees.Read(Find(commit).Tree));

    public void Dispose() => _repository.Dispose();

    private T Ask<T>(Func<T> ask)
    {
        try
        {
            return ask();
        }
        catch (LibGit2SharpException failure)
        {
            throw Damaged(failure);
        }
    }

    private static Repository OpenOrCreate(string directory)
    {
        if (!Directory.Exists(directory))
        {
            Repository.Init(directory, isBare: true);
            return new Repository(directory);
        }

        // The data directory has one host, and this host has not begun: whoever held these locks was killed.
        foreach (var file in Directory.EnumerateFiles(directory, "*.lock", SearchOption.AllDirectories))
        {
            File.Delete(file);
        }

        return new Repository(directory);
    }

    private void Configure()
    {
        // Commands.Fetch takes a remote's name only, although its documentation speaks of addresses.
        if (_repository.Network.Remotes[RemoteName] is null)
        {
            _repository.Network.Remotes.Add(RemoteName, _remote.Url, $"+HEAD:{TipReference}");
        }
        else
        {
            _repository.Network.Remotes.Update(RemoteName, remote => remote.Url = _remote.Url);
        }

        // Bytes are taken as they were committed, whatever the operator's own git configuration says.
        _repository.Config.Set("core.autocrlf", false);
        if (_ssh is not null)
        {
            _repository.Config.Set("core.sshCommand", _ssh.File);
        }
    }

    /// <summary>Talks with the remote, giving the talk what answers its question for credentials.</summary>
    private T Exchange<T>(Func<CredentialsHandler, T> exchange, CancellationToken cancellationToken)
    {
        var signIn = new GitSignIn(_credentials, _remote);
        using var ssh = _ssh?.Begin(cancellationToken);
        try
        {
            return exchange(signIn.Answer);
        }
        catch (Exception failure) when (failure is LibGit2SharpException or InvalidOperationException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw signIn.Refusal
                ?? FindDamage(failure)
                ?? GitErrors.Explain(failure, _remote, ssh?.ReadWhatItSaid());
        }
    }

    /// <summary>Whether the clone is to blame. libgit2's failures do not tell its files from the remote's, so what the clone should hold is read.</summary>
    private SourceException? FindDamage(Exception failure)
    {
        if (failure is LockedFileException)
        {
            return Damaged(failure);
        }

        if (!Repository.IsValid(_directory))
        {
            return Damaged("it is no repository any more");
        }

        try
        {
            _ = _repository.Refs.Head;
            var tip = _repository.Refs[TipReference]?.ResolveToDirectReference().TargetIdentifier;
            if (tip is not null && !GitTreeReader.IsWhole(_repository.Lookup<Commit>(tip)?.Tree))
            {
                return Damaged("objects of the last commit are missing");
            }

            return null;
        }
        catch (LibGit2SharpException damage)
        {
            return Damaged(damage);
        }
    }

    private SourceException Damaged(Exception failure) => Damaged(failure.Message.TrimEnd('.'), failure);

    private SourceException Damaged(string said, Exception? failure = null) => new(
        SourceFailure.CloneDamaged,
        $"The clone of {_remote} in {_directory} is damaged: {said}. What is live stays live, and the clone is made anew. If that does not help, check the disk and the repository (git fsck).",
        failure);

    private RemoteTip FollowHead(List<Reference> references)
    {
        var head = references.Find(reference => reference.CanonicalName == "HEAD")
            ?? throw new SourceException(
                SourceFailure.NothingToDeploy,
                $"HEAD of {_remote} names a branch without a commit. Commit to it, or set the branch to follow ({BranchNames(references)}).");

        return head is SymbolicReference symbolic
            ? new RemoteTip(symbolic.ResolveToDirectReference().TargetIdentifier, symbolic.TargetIdentifier, ShortName(symbolic.TargetIdentifier))
            : new RemoteTip(head.TargetIdentifier, "HEAD", null);
    }

    private RemoteTip FollowBranch(List<Reference> references, string branch)
    {
        var name = branch.StartsWith("refs/", StringComparison.Ordinal) ? branch : $"refs/heads/{branch}";
        var found = references.Find(reference => reference.CanonicalName == name)
            ?? throw new SourceException(
                SourceFailure.NothingToDeploy,
                $"The repository {_remote} has no branch '{branch}' (it has: {BranchNames(references)}). What is live stays live; push the branch, or set another one.");

        return new RemoteTip(found.ResolveToDirectReference().TargetIdentifier, name, ShortName(name));
    }

    private static string BranchNames(List<Reference> references)
    {
        var names = references.Where(reference => reference.IsLocalBranch).Select(reference => ShortName(reference.CanonicalName)).ToList();
        return names.Count switch
        {
            0 => "none",
            <= 10 => string.Join(", ", names),
            _ => $"{string.Join(", ", names.Take(10))} and {names.Count - 10} more",
        };
    }

    private static string ShortName(string reference) =>
        reference.StartsWith("refs/heads/", StringComparison.Ordinal) ? reference["refs/heads/".Length..] : reference;
}
