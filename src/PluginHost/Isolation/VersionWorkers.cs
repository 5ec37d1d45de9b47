using PluginHost.Swapping;

namespace PluginHost.Isolation;

/// <summary>The workers of one version: one that its runs share, replaced when it is lost, or one for each run.</summary>
/// <param name="version">The version.</param>
/// <param name="start">Starts a worker that has loaded it.</param>
/// <param name="options">How long they are kept.</param>
/// <param name="time">The clock.</param>
internal sealed class VersionWorkers(PluginVersion version, Func<PluginVersion, Task<WorkerProcess>> start, IsolationOptions options, TimeProvider time)
{
    private static readonly TimeSpan ShortestBackoff = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly HashSet<SharedWorker> _all = [];
    private Task<SharedWorker>? _current;
    private WorkerException? _failure;
    private DateTimeOffset _retryAt;
    private TimeSpan _backoff = ShortestBackoff;
    private bool _stopped;

    /// <summary>Whether a worker is there, or on its way.</summary>
    public bool IsWarm
    {
        get
        {
            lock (_lock)
            {
                return _all.Count > 0 || _current is { IsCompleted: false };
            }
        }
    }

    /// <summary>A place in a worker, started if there is none. Give it back by disposing of it.</summary>
    /// <exception cref="WorkerException">None can be started.</exception>
    public async Task<WorkerPlace> EnterAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task<SharedWorker> starting;
            lock (_lock)
            {
                if (_current is { IsCompletedSuccessfully: true, Result: var running } && !options.WorkerPerRun && running.TryEnter() is { } place)
                {
                    return place;
                }

                starting = _current is { IsCompleted: false } && !options.WorkerPerRun ? _current : _current = BeginStart();
            }

            var started = await starting.WaitAsync(cancellationToken);
            if (started.TryEnter() is { } first)
            {
                return first;
            }
        }
    }

    /// <summary>No run is in them any more, and none will be.</summary>
    public void Stop(string because)
    {
        SharedWorker[] all;
        lock (_lock)
        {
            _stopped = true;
            all = [.. _all];
        }

        foreach (var worker in all)
        {
            worker.Process.End(because);
        }
    }

    private Task<SharedWorker> BeginStart()
    {
        if (_stopped)
        {
            throw new WorkerException(WorkerException.NotStarted, $"No worker process is started for version {version.Id} of {version.PluginId}, because the host is stopping, or the version is gone.", "");
        }

        var wait = _retryAt - time.GetUtcNow();
        return _failure is { } failure && wait > TimeSpan.Zero
            ? throw new WorkerException(WorkerException.NotStarted, $"{failure.Message} It was tried a moment ago; the next try is made in {Math.Ceiling(wait.TotalSeconds)} s at the soonest.", "")
            : Task.Run(StartAsync);
    }

    private async Task<SharedWorker> StartAsync()
    {
        try
        {
            var worker = new SharedWorker(await start(version), options, time);
            bool stopped;
            lock (_lock)
            {
                (_failure, _backoff, stopped) = (null, ShortestBackoff, _stopped);
                _all.Add(worker);
            }

            _ = worker.Process.Ended.ContinueWith(_ => Forget(worker), TaskScheduler.Default);
            if (stopped)
            {
                worker.Process.End("the host is stopping, or the version is gone");
            }

            return worker;
        }
        catch (WorkerException failure)
        {
            lock (_lock)
            {
                (_failure, _retryAt) = (failure, time.GetUtcNow() + _backoff);
                _backoff = _backoff * 2 < LongestBackoff ? _backoff * 2 : LongestBackoff;
            }

            throw;
        }
    }

    private void Forget(SharedWorker worker)
    {
        lock (_lock)
        {
            _all.Remove(worker);
        }

        worker.Dispose();
    }
}
