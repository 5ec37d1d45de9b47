namespace PluginHost.Running;

/// <summary>Decides which run starts when: so many at once, those asked for by hand first, and each script as its overlap policy says.</summary>
internal sealed class RunQueue(int limit)
{
    private readonly Lock _lock = new();
    private readonly List<ActiveRun> _reserved = [];
    private readonly List<ActiveRun> _waiting = [];
    private readonly List<ActiveRun> _running = [];

    public (int Running, int Queued) Counts
    {
        get
        {
            lock (_lock)
            {
                return (_running.Count, _waiting.Count);
            }
        }
    }

    /// <summary>
    /// Keeps a place for a run until it is stored, if the overlap policy lets it in. Decided and kept in one step, so
    /// that of two runs that come at once, each knows of the other.
    /// </summary>
    /// <param name="run">The run, to be added or removed later.</param>
    /// <param name="overlap">What its schedule says.</param>
    /// <param name="others">The runs of its script that are under way, wait, or have their place kept.</param>
    public bool TryReserve(ActiveRun run, OverlapPolicy overlap, out IReadOnlyList<ActiveRun> others)
    {
        lock (_lock)
        {
            var coming = _waiting.Concat(_reserved).Where(other => IsSameScript(other, run)).ToList();
            others = [.. _running.Where(other => IsSameScript(other, run)), .. coming];
            if (others.Count > 0 && (overlap == OverlapPolicy.Skip || (overlap == OverlapPolicy.Queue && coming.Count > 0)))
            {
                return false;
            }

            _reserved.Add(run);
            return true;
        }
    }

    /// <summary>Takes a run in.</summary>
    /// <returns>The runs that are to start now.</returns>
    public IReadOnlyList<ActiveRun> Add(ActiveRun run)
    {
        lock (_lock)
        {
            _reserved.Remove(run);
            _waiting.Add(run);
            return TakeStartable();
        }
    }

    /// <summary>Lets a run go that has ended, or that will not start.</summary>
    /// <returns>The runs that are to start now.</returns>
    public IReadOnlyList<ActiveRun> Remove(ActiveRun run)
    {
        lock (_lock)
        {
            _running.Remove(run);
            _waiting.Remove(run);
            _reserved.Remove(run);
            return TakeStartable();
        }
    }

    /// <summary>Takes a run out that has not started.</summary>
    public bool RemoveWaiting(ActiveRun run)
    {
        lock (_lock)
        {
            return _waiting.Remove(run);
        }
    }

    private List<ActiveRun> TakeStartable()
    {
        var startable = new List<ActiveRun>();
        foreach (var run in _waiting.OrderBy(run => run.Info.Trigger == RunTrigger.Manual ? 0 : 1).ToList())
        {
            if (_running.Count >= limit)
            {
                break;
            }

            if (run.Exclusive && _running.Exists(other => IsSameScript(other, run)))
            {
                continue;
            }

            _waiting.Remove(run);
            _running.Add(run);
            startable.Add(run);
        }

        return startable;
    }

    private static bool IsSameScript(ActiveRun one, ActiveRun other) => one.Info.Script.Equals(other.Info.Script, StringComparison.OrdinalIgnoreCase);
}
