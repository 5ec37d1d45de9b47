using LibGit2Sharp;

namespace PluginHost.Sources;

/// <summary>What the remote says its tip is.</summary>
/// <param name="Commit">The full id of the commit.</param>
/// <param name="Reference">The reference to fetch it by.</param>
/// <param name="Branch">The branch's name, or null when HEAD is detached.</param>
internal sealed record RemoteTip(string Commit, string Reference, string? Branch);

/// <summary>A bare clone of a remote. With <see cref="GitTreeReader"/>, the only user of LibGit2Sharp; blocks, and is used by one thread at a time.</summary>
internal sealed class GitClone : IDisposable
{
    // Kept under a name of our own: branches of the remote come and go, and the clone must not follow their deletion.
    private const string TipReference = "refs/pluginhost/tip";
    private const string RemoteName = "origin";

    private readonly Repository _repository;
    private readonly RemoteAddress _remote;
    private readonly GitCredentials _credentials;
    private readonly GitTreeReader _trees;

    public GitClone(string directory, RemoteAddress remote, GitCredentials credentials)
    {
        _remote = remote;
        _credentials = credentials;
        _repository = OpenOrCreate(directory);
        _trees = new GitTreeReader(_repository);

        SetRemote();

        // Bytes are taken as they were committed, whatever the operator's own git configuration says.
        _repository.Config.Set("core.autocrlf", false);
        if (remote.IsSsh)
        {
            // libgit2 runs the ssh command for ssh:// and reads this setting; it holds paths, never a secret.
            _repository.Config.Set("core.sshCommand", credentials.SshCommand);
        }
    }

    /// <summary>Asks the remote where the branch is, without fetching anything.</summary>
    public RemoteTip ReadTip(string? branch)
    {
        List<Reference> references;
        try
        {
            references = [.. _repository.Network.ListReferences(_remote.Url, _credentials.Provide(_remote))];
        }
        catch (Exception failure) when (failure is LibGit2SharpException or InvalidOperationException)
        {
            throw GitErrors.Explain(failure, _remote, _credentials);
        }

        if (references.Count == 0)
        {
            throw new SourceException(SourceFailure.NothingToDeploy, $"The repository {_remote} has no commit yet. Push one, and it is deployed.");
        }

        return branch is null ? FollowHead(references) : FollowBranch(references, branch);
    }

    public void Fetch(RemoteTip tip, Action<int, int> progress, CancellationToken cancellationToken)
    {
        var options = new FetchOptions
        {
            CredentialsProvider = _credentials.Provide(_remote),
            TagFetchMode = TagFetchMode.None,
            OnProgress = _ => !cancellationToken.IsCancellationRequested,
            OnTransferProgress = transfer =>
            {
                progress(transfer.ReceivedObjects, transfer.TotalObjects);
                return !cancellationToken.IsCancellationRequested;
            },
        };

        try
        {
            Commands.Fetch(_repository, RemoteName, [$"+{tip.Reference}:{TipReference}"], options, logMessage: null);
        }
        catch (UserCancelledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw;
        }
        catch (Exception failure) when (failure is LibGit2SharpException or InvalidOperationException)
        {
            throw GitErrors.Explain(failure, _remote, _credentials);
        }
    }

    /// <summary>The commit that was fetched last, which may be newer than the tip that was asked for.</summary>
    public SourceSnapshot ReadFetched(string source, string? branch) =>
        Read(source, branch, _repository.Refs[TipReference].ResolveToDirectReference().TargetIdentifier)
        ?? throw new SourceException(SourceFailure.Unreachable, $"The fetch from {_remote} ended without a commit.");

    /// <summary>A commit that the clone holds, or null.</summary>
    public SourceSnapshot? Read(string source, string? branch, string commitId) =>
        _repository.Lookup<Commit>(commitId) is not { } commit
            ? null
            : new SourceSnapshot
            {
                Source = source,
                Branch = branch,
                Commit = commit.Sha,
                Author = commit.Author.Name,
                Message = commit.MessageShort,
                Tree = _trees.Read(commit.Tree),
                OpenContent = _trees.OpenContent,
            };

    public void Dispose() => _repository.Dispose();

    private static Repository OpenOrCreate(string directory)
    {
        if (!Repository.IsValid(directory))
        {
            Repository.Init(directory, isBare: true);
        }

        return new Repository(directory);
    }

    // Commands.Fetch takes a remote's name only, although its documentation speaks of addresses.
    private void SetRemote()
    {
        if (_repository.Network.Remotes[RemoteName] is null)
        {
            _repository.Network.Remotes.Add(RemoteName, _remote.Url, $"+HEAD:{TipReference}");
        }
        else
        {
            _repository.Network.Remotes.Update(RemoteName, remote => remote.Url = _remote.Url);
        }
    }

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
