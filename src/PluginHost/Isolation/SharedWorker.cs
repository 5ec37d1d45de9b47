namespace PluginHost.Isolation;

/// <summary>A worker and how many runs are in it, which decides when it is ended.</summary>
internal sealed class SharedWorker : IDisposable
{
    // Whoever it was started for may have gone away meanwhile.
    private static readonly TimeSpan ArrivalGrace = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly IsolationOptions _options;
    private readonly ITimer _idle;
    private int _places;
    private string? _closedBecause;

    public SharedWorker(WorkerProcess process, IsolationOptions options, TimeProvider time)
    {
        (Process, _options) = (process, options);
        _idle = time.CreateTimer(_ => EndIfIdle(), null, options.IdleTime + ArrivalGrace, Timeout.InfiniteTimeSpan);
    }

    public WorkerProcess Process { get; }

    /// <summary>A place in it, or null when it takes no more runs.</summary>
    public WorkerPlace? TryEnter()
    {
        lock (_lock)
        {
            if (_closedBecause is not null || Process.Ended.IsCompleted)
            {
                return null;
            }

            _places++;
            _idle.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            return new WorkerPlace(this);
        }
    }

    /// <summary>Ends it as soon as none but runs that were given up on are in it, and lets no more in.</summary>
    /// <returns>How many other runs are in it, which may end in peace; 0 when it is ended now.</returns>
    public int GiveUpPlace(string because)
    {
        int others;
        lock (_lock)
        {
            _closedBecause ??= because;
            others = --_places;
        }

        if (others == 0)
        {
            Process.End(because);
        }

        return others;
    }

    public void Leave()
    {
        string? because = null;
        lock (_lock)
        {
            _places--;
            if (_places == 0)
            {
                because = _closedBecause ?? (_options.WorkerPerRun ? _closedBecause = "its run has ended" : null);
                if (because is null)
                {
                    _idle.Change(_options.IdleTime, Timeout.InfiniteTimeSpan);
                }
            }
        }

        if (because is not null)
        {
            Process.End(because);
        }
    }

    public void Dispose() => _idle.Dispose();

    private void EndIfIdle()
    {
        lock (_lock)
        {
            if (_places > 0)
            {
                return;
            }

            _closedBecause ??= "it had nothing to do";
        }

        Process.End("it had nothing to do");
    }
}

/// <summary>The place of one run in a worker. Disposing of it gives it back.</summary>
internal sealed class WorkerPlace(SharedWorker worker) : IDisposable
{
    private int _left;

    public WorkerProcess Process => worker.Process;

    /// <inheritdoc cref="SharedWorker.GiveUpPlace"/>
    public int GiveUp(string because) => Interlocked.Exchange(ref _left, 1) == 0 ? worker.GiveUpPlace(because) : 0;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _left, 1) == 0)
        {
            worker.Leave();
        }
    }
}
