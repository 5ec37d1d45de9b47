using Microsoft.Extensions.Logging;
using PluginHost.Hosting;
using PluginHost.Processes;
using PluginHost.Sources.Signatures;

namespace PluginHost.Sources;

/// <summary>A watched repository: asks for its tip, and fetches it when it moved.</summary>
internal sealed partial class Source : ISource
{
    private const string UnknownCommit = "";

    // Whoever gets anything from the remote notices within moments that it is to stop.
    private static readonly TimeSpan TimeToNotice = TimeSpan.FromSeconds(5);

    private readonly SourceOptions _options;
    private readonly string _directory;
    private readonly HostActivities _activities;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly RemoteAddress _remote;
    private readonly SemaphoreSlim _oneAtATime = new(1);

    // The clone is one thread's at a time; contents are read while the next exchange is under way, and the clone may be replaced in it.
    private readonly Lock _lock = new();
    private GitClone? _clone;
    private Submodules? _submodules;
    private SourceException? _damage;

    // The commit at which the clone was made anew, or null. Once is enough for a commit: when the new clone is no better, the disk or the remote is to blame.
    private string? _madeAnewAt;

    private readonly CommitGate _gate;

    public Source(string name, SourceOptions options, string directory, HostActivities activities, ChildProcess processes, TimeProvider time, ILogger<Source> logger)
    {
        Name = name;
        _options = options;
        _directory = directory;
        _activities = activities;
        _time = time;
        _logger = logger;
        _remote = RemoteAddress.Parse(options.Url);
        _gate = new CommitGate(
            name, options, _remote.Url, Path.Combine(directory, "accepted.json"),
            options.Signatures.RequireSigned ? new SignatureCheck(options.Signatures, processes) : null);
        Folder = RepositoryPath.Normalize(options.Path);
    }

    public string Name { get; }

    public SourceKind Kind => SourceKind.Git;

    /// <summary>Where the repository is, without credentials.</summary>
    public string Url => _remote.Url;

    /// <summary>The watched folder.</summary>
    public string Folder { get; }

    /// <summary>Where the branch is now. Answers the given snapshot itself when its commit still is the tip, and as good as it was.</summary>
    /// <exception cref="SourceException">The remote cannot be read.</exception>
    public Task<SourceSnapshot> PullAsync(SourceSnapshot? current, CancellationToken cancellationToken) =>
        ExchangeAsync(token => Pull(current, token), cancellationToken);

    public void AcceptRewrite(string commit) => _gate.AcceptedRewrite = commit;

    public void Dispose()
    {
        // An exchange that is still under way would be left with freed memory. It ends with the process.
        if (_oneAtATime.Wait(0))
        {
            _clone?.Dispose();
            _submodules?.Dispose();
            _oneAtATime.Dispose();
        }
    }

    private SourceSnapshot Pull(SourceSnapshot? current, CancellationToken cancellationToken)
    {
        try
        {
            var snapshot = FollowOrMakeAnew(current, cancellationToken);
            _madeAnewAt = _madeAnewAt == UnknownCommit || _madeAnewAt == snapshot.Commit ? snapshot.Commit : null;
            return snapshot;
        }
        catch (Exception failure) when (failure is not (SourceException or OperationCanceledException))
        {
            // A full disk, a folder that is somebody else's: the watcher goes on, and says it.
            throw new SourceException(
                SourceFailure.Unreachable,
                $"The clone of {_remote} in {_directory} cannot be used: {failure.Message} What is live stays live, and it is tried again. Check the disk and who owns the folder.",
                failure);
        }
    }

    private SourceSnapshot FollowOrMakeAnew(SourceSnapshot? current, CancellationToken cancellationToken)
    {
        var damage = Interlocked.Exchange(ref _damage, null);
        if (damage is null || _madeAnewAt is not null)
        {
            try
            {
                return Follow(current, cancellationToken);
            }
            catch (SourceException found) when (found.Failure == SourceFailure.CloneDamaged && _madeAnewAt is null)
            {
                damage = found;
            }
        }

        cancellationToken.ThrowIfCancellationRequested();
        DeleteClone();
        LogMadeAnew(Name, damage.Message);
        _madeAnewAt = UnknownCommit;
        return Follow(current: null, cancellationToken);
    }

    private SourceSnapshot Follow(SourceSnapshot? current, CancellationToken cancellationToken)
    {
        var clone = GetClone();
        var tip = clone.ReadTip(_options.Branch, cancellationToken);
        if (current is { Refusal: null } && tip.Commit == current.Commit)
        {
            return Follow(current, tip);
        }

        var commit = clone.Holds(tip.Commit) ? tip.Commit : Fetch(clone, tip, current is null ? "clone" : "fetch", cancellationToken);
        var admission = _gate.Admit(clone, commit, cancellationToken);
        return commit == current?.Commit && admission.Refusal == current.Refusal
            ? Follow(current, tip)
            : WithSubmodules(clone.Read(Name, tip.Branch, commit, admission, OpenContent), cancellationToken);
    }

    private SourceSnapshot WithSubmodules(SourceSnapshot snapshot, CancellationToken cancellationToken)
    {
        if (!_options.Submodules)
        {
            return snapshot;
        }

        _submodules ??= new Submodules(SubmodulesDirectory, _options.Credentials);
        return snapshot with { Tree = _submodules.Fill(snapshot.Tree, _remote, OpenContent, cancellationToken) };
    }

    private static SourceSnapshot Follow(SourceSnapshot current, RemoteTip tip) =>
        tip.Branch == current.Branch ? current : current with { Branch = tip.Branch };

    private string Fetch(GitClone clone, RemoteTip tip, string stage, CancellationToken cancellationToken)
    {
        using var activity = _activities.Begin(stage, $"Fetching {_remote}");
        clone.Fetch(tip, (received, total) => activity.Report(received, total), cancellationToken);
        return clone.ReadFetched();
    }

    private Stream OpenContent(string blobId)
    {
        lock (_lock)
        {
            try
            {
                return _submodules?.OpenContent(blobId) ?? GetClone().OpenContent(blobId);
            }
            catch (SourceException damage) when (damage.Failure == SourceFailure.CloneDamaged)
            {
                // The next look makes the clone anew; here, in the middle of a deployment, is no time to talk with a remote.
                _damage = damage;
                throw;
            }
        }
    }

    private GitClone GetClone()
    {
        lock (_lock)
        {
            if (_clone is null)
            {
                Directory.CreateDirectory(_directory);
                var ssh = _remote.IsSsh ? new SshCommand(_options.Credentials, _remote, _directory) : null;
                _clone = new GitClone(CloneDirectory, _remote, _options.Credentials, ssh);
            }

            return _clone;
        }
    }

    private string CloneDirectory => GitClone.DirectoryIn(_directory);

    private string SubmodulesDirectory => Path.Combine(_directory, "submodules");

    private void DeleteClone()
    {
        lock (_lock)
        {
            _clone?.Dispose();
            _clone = null;
            _submodules?.Dispose();
            _submodules = null;
            Delete(CloneDirectory);
            Delete(SubmodulesDirectory);
        }
    }

    private static void Delete(string folder)
    {
        if (Directory.Exists(folder))
        {
            // git marks its object files read-only, which Windows takes as "cannot be deleted".
            foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Where(file => file.IsReadOnly))
            {
                file.IsReadOnly = false;
            }

            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>libgit2 blocks and cannot always be interrupted: it works on a thread of its own, which is given up on when the time is over.</summary>
    private async Task<T> ExchangeAsync<T>(Func<CancellationToken, T> exchange, CancellationToken cancellationToken)
    {
        if (!await _oneAtATime.WaitAsync(_options.Timeout, cancellationToken))
        {
            throw TimedOut();
        }

        var limit = new CancellationTokenSource(_options.Timeout, _time);
        var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);

        // Taken once: an exchange that ends fast disposes its source while it is still being waited for here.
        var token = either.Token;
        var work = Task.Factory.StartNew(
            () => exchange(token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        _ = MakeRoomAfterAsync(work, limit, either);

        try
        {
            return await work.WaitAsync(token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            LogTimedOut(Name, _options.Timeout);
            throw TimedOut();
        }
    }

    /// <summary>Lets the next exchange begin: when this one has ended, or does not end although it was told to.</summary>
    private async Task MakeRoomAfterAsync<T>(Task<T> work, CancellationTokenSource limit, CancellationTokenSource either)
    {
        var ended = work.ContinueWith(done => _ = done.Exception, TaskScheduler.Default);
        try
        {
            await ended.WaitAsync(either.Token);
        }
        catch (OperationCanceledException)
        {
            // A remote that is silent can hold libgit2 for ever, and then the thread keeps the clone it has.
            if (await Task.WhenAny(ended, Task.Delay(TimeToNotice, _time, CancellationToken.None)) != ended)
            {
                Abandon(ended);
            }
        }

        _oneAtATime.Release();
        await ended;
        either.Dispose();
        limit.Dispose();
    }

    private void Abandon(Task ended)
    {
        lock (_lock)
        {
            var (clone, submodules) = (_clone, _submodules);
            (_clone, _submodules) = (null, null);
            _ = ended.ContinueWith(
                _ =>
                {
                    clone?.Dispose();
                    submodules?.Dispose();
                },
                TaskScheduler.Default);
        }
    }

    private SourceException TimedOut() => new(
        SourceFailure.Unreachable,
        $"The exchange with {_remote} took longer than {_options.Timeout}. What is live stays live, and it is tried again. Sources:{Name}:Timeout sets the limit.");

    [LoggerMessage(EventId = 101, Level = LogLevel.Warning, Message = "The exchange with the remote of source '{Source}' was given up on after {Timeout}.")]
    private partial void LogTimedOut(string source, TimeSpan timeout);

    [LoggerMessage(EventId = 102, Level = LogLevel.Warning, Message = "Source '{Source}': {Damage}")]
    private partial void LogMadeAnew(string source, string damage);
}
