using Microsoft.Extensions.Logging;
using PluginHost.Hosting;

namespace PluginHost.Sources;

/// <summary>A watched repository: asks for its tip, and fetches it when it moved.</summary>
internal sealed partial class Source : IDisposable
{
    private readonly SourceOptions _options;
    private readonly string _directory;
    private readonly HostActivities _activities;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly RemoteAddress _remote;
    private readonly SemaphoreSlim _oneAtATime = new(1);
    private GitClone? _clone;

    public Source(string name, SourceOptions options, string directory, HostActivities activities, TimeProvider time, ILogger<Source> logger)
    {
        Name = name;
        _options = options;
        _directory = directory;
        _activities = activities;
        _time = time;
        _logger = logger;
        _remote = RemoteAddress.Parse(options.Url);
        Folder = RepositoryPath.Normalize(options.Path);
    }

    public string Name { get; }

    /// <summary>Where the repository is, without credentials.</summary>
    public string Url => _remote.Url;

    /// <summary>The watched folder.</summary>
    public string Folder { get; }

    /// <summary>Where the branch is now. Answers the given snapshot itself when its commit still is the tip.</summary>
    /// <exception cref="SourceException">The remote cannot be read.</exception>
    public Task<SourceSnapshot> PullAsync(SourceSnapshot? current, CancellationToken cancellationToken) =>
        ExchangeAsync(token => Pull(current, token), cancellationToken);

    public void Dispose()
    {
        _clone?.Dispose();
        _oneAtATime.Dispose();
    }

    private SourceSnapshot Pull(SourceSnapshot? current, CancellationToken cancellationToken)
    {
        _clone ??= Open();
        var tip = _clone.ReadTip(_options.Branch);
        if (tip.Commit == current?.Commit)
        {
            return tip.Branch == current.Branch ? current : current with { Branch = tip.Branch };
        }

        if (_clone.Read(Name, tip.Branch, tip.Commit) is { } known)
        {
            return known;
        }

        var stage = current is null ? "clone" : "fetch";
        using var activity = _activities.Begin(stage, $"Fetching {_remote}");
        _clone.Fetch(tip, (received, total) => activity.Report(received, total), cancellationToken);
        return _clone.ReadFetched(Name, tip.Branch);
    }

    private GitClone Open()
    {
        Directory.CreateDirectory(_directory);
        var credentials = new GitCredentials(_options.Credentials, _remote, Path.Combine(_directory, "ssh.log"));
        return new GitClone(Path.Combine(_directory, "repository.git"), _remote, credentials);
    }

    /// <summary>libgit2 blocks and cannot always be interrupted: it works on a thread of its own, which is given up on when the time is over.</summary>
    private async Task<T> ExchangeAsync<T>(Func<CancellationToken, T> exchange, CancellationToken cancellationToken)
    {
        if (!await _oneAtATime.WaitAsync(_options.Timeout, cancellationToken))
        {
            throw TimedOut();
        }

        using var limit = new CancellationTokenSource(_options.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var work = Task.Factory.StartNew(
            () => exchange(either.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        _ = work.ContinueWith(
            done =>
            {
                _ = done.Exception;
                _oneAtATime.Release();
            },
            TaskScheduler.Default);

        try
        {
            return await work.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            LogTimedOut(Name, _options.Timeout);
            throw TimedOut();
        }
    }

    private SourceException TimedOut() => new(
        SourceFailure.Unreachable,
        $"The exchange with {_remote} took longer than {_options.Timeout}. What is live stays live, and it is tried again. Sources:{Name}:Timeout sets the limit.");

    [LoggerMessage(EventId = 101, Level = LogLevel.Warning, Message = "The exchange with the remote of source '{Source}' was given up on after {Timeout}.")]
    private partial void LogTimedOut(string source, TimeSpan timeout);
}
