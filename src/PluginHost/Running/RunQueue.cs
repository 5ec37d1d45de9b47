namespace PluginHost.Running;

/// <summary>Decides which run starts when: so many at once, those asked for by hand first, and each script as its overlap policy says.</summary>
internal sealed class RunQueue(int limit)
{
    private readonly Lock _lock = new();
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

    /// <summary>The runs of a script that wait or are under way.</summary>
    public IReadOnlyList<ActiveRun> Of(string scriptId)
    {
        lock (_lock)
        {
            return [.. _running.Concat(_waiting).Where(run => IsOf(run, scriptId))];
        }
    }

    /// <summary>Whether a run of the script waits for another to end.</summary>
    public bool HasWaiting(string scriptId)
    {
        lock (_lock)
        {
            return _waiting.Exists(run => IsOf(run, scriptId));
        }
    }

    /// <summary>Takes a run in.</summary>
    /// <returns>The runs that are to start now.</returns>
    public IReadOnlyList<ActiveRun> Add(ActiveRun run)
    {
        lock (_lock)
        {
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

            if (run.Exclusive && _running.Exists(other => IsOf(other, run.Info.Script)))
            {
                continue;
            }

            _waiting.Remove(run);
            _running.Add(run);
            startable.Add(run);
        }

        return startable;
    }

    private static bool IsOf(ActiveRun run, string scriptId) => run.Info.Script.Equals(scriptId, StringComparison.OrdinalIgnoreCase);
}
