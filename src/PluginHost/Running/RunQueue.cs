namespace PluginHost.Running;

/// <summary>Decides which run starts when: within the bounds, those asked for by hand first, and each script as its overlap policy says.</summary>
/// <remarks>
/// A run that finds a bound without a place waits there, and is looked at again when one of its places becomes free. So
/// a change costs hardly more when many runs wait. Between two changes nobody waits at a bound for a place that is free.
/// </remarks>
/// <param name="rulesOf">
/// The bounds that hold for a run, that of its script first. Asked when the run comes into the queue: what its script
/// says by then counts, however long ago the run was asked for.
/// </param>
internal sealed class RunQueue(Func<RunInfo, IReadOnlyList<RunLimitRule>> rulesOf)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ActiveRun, RunPlace> _places = [];
    private readonly Dictionary<string, RunLimit> _limits = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, ScriptRuns> _scripts = new(StringComparer.OrdinalIgnoreCase);
    private long _arrivals;
    private int _running;
    private int _waiting;

    public (int Running, int Queued) Counts
    {
        get
        {
            lock (_lock)
            {
                return (_running, _waiting);
            }
        }
    }

    /// <summary>
    /// Keeps a place for a run until it is stored, if the overlap policy lets it in. Decided and kept in one step, so
    /// that of two runs that come at once, each knows of the other.
    /// </summary>
    /// <param name="run">The run, to be admitted or released later.</param>
    /// <param name="overlap">What its schedule says.</param>
    /// <param name="others">The runs of its script that are under way or coming, where the policy asks for them.</param>
    /// <param name="startsAtOnce">Whether it is under way from now on; else it has to wait for its turn.</param>
    public bool TryReserve(ActiveRun run, OverlapPolicy overlap, out IReadOnlyList<ActiveRun> others, out bool startsAtOnce)
    {
        lock (_lock)
        {
            var script = RunsOf(run);
            others = overlap is OverlapPolicy.Allow or OverlapPolicy.QueueAll ? [] : [.. script.Running, .. script.Coming];
            startsAtOnce = false;
            if (others.Count > 0 && (overlap == OverlapPolicy.Skip || (overlap == OverlapPolicy.Queue && script.Coming.Count > 0)))
            {
                return false;
            }

            var place = Enter(run);
            startsAtOnce = Array.TrueForAll(place.Limits, limit => limit.IsFreeFor(place));
            if (startsAtOnce)
            {
                Take(place);
            }

            return true;
        }
    }

    /// <summary>Lets a stored run have its turn.</summary>
    /// <returns>The runs that are to start now.</returns>
    public IReadOnlyList<ActiveRun> Enqueue(ActiveRun run)
    {
        lock (_lock)
        {
            var started = new List<ActiveRun>();
            var place = _places.GetValueOrDefault(run) ?? Enter(run);
            if (place.IsRunning)
            {
                started.Add(run);
            }
            else
            {
                _waiting++;
                TryStart(place, started);
            }

            // Where its script allows more than it did, those that came before have their turn, too.
            Refill(place.Limits, started);
            return started;
        }
    }

    /// <summary>Lets a run go that has ended, or that could not be stored.</summary>
    /// <returns>The runs that are to start now.</returns>
    public IReadOnlyList<ActiveRun> Release(ActiveRun run)
    {
        lock (_lock)
        {
            if (!_places.TryGetValue(run, out var place))
            {
                return [];
            }

            if (place.IsRunning)
            {
                _running--;
                foreach (var limit in place.Limits)
                {
                    limit.Release(place);
                }
            }

            var started = new List<ActiveRun>();
            Refill(place.Limits, started);
            Leave(place);
            return started;
        }
    }

    /// <summary>Takes a run out that waits.</summary>
    /// <param name="run">The run.</param>
    /// <param name="started">The runs that are to start now: it may have held them back.</param>
    public bool RemoveWaiting(ActiveRun run, out IReadOnlyList<ActiveRun> started)
    {
        lock (_lock)
        {
            started = [];
            if (!_places.TryGetValue(run, out var place) || place.ParkedAt is not { } limit)
            {
                return false;
            }

            limit.Unpark(place);
            _waiting--;
            var freed = new List<ActiveRun>();
            Refill([limit], freed);
            Leave(place);
            started = freed;
            return true;
        }
    }

    private void Refill(RunLimit[] limits, List<ActiveRun> started)
    {
        foreach (var limit in limits)
        {
            while (limit.Next is { } next)
            {
                limit.Unpark(next);
                next.ParkedAt = null;
                TryStart(next, started);
            }
        }
    }

    private void TryStart(RunPlace place, List<ActiveRun> started)
    {
        if (Array.Find(place.Limits, limit => !limit.IsFreeFor(place)) is { } full)
        {
            full.Park(place);
            place.ParkedAt = full;
            return;
        }

        _waiting--;
        Take(place);
        started.Add(place.Run);
    }

    private void Take(RunPlace place)
    {
        foreach (var limit in place.Limits)
        {
            limit.Take(place);
        }

        place.IsRunning = true;
        place.Script.Coming.Remove(place.Run);
        place.Script.Running.Add(place.Run);
        _running++;
    }

    private RunPlace Enter(ActiveRun run)
    {
        var script = RunsOf(run);
        var place = new RunPlace(run, script, [.. rulesOf(run.Info).Select(LimitOf)], ++_arrivals);
        script.Coming.Add(run);
        foreach (var limit in place.Limits)
        {
            limit.Users++;
        }

        return _places[run] = place;
    }

    private void Leave(RunPlace place)
    {
        _places.Remove(place.Run);
        place.Script.Running.Remove(place.Run);
        place.Script.Coming.Remove(place.Run);
        foreach (var limit in place.Limits)
        {
            if (--limit.Users == 0)
            {
                _limits.Remove(limit.Name);
            }
        }

        if (place.Script is { Running.Count: 0, Coming.Count: 0 })
        {
            _scripts.Remove(place.Run.Info.Script);
        }
    }

    private ScriptRuns RunsOf(ActiveRun run)
    {
        if (!_scripts.TryGetValue(run.Info.Script, out var script))
        {
            _scripts.Add(run.Info.Script, script = new ScriptRuns());
        }

        return script;
    }

    private RunLimit LimitOf(RunLimitRule rule)
    {
        if (!_limits.TryGetValue(rule.Name, out var limit))
        {
            _limits.Add(rule.Name, limit = new RunLimit(rule.Name));
        }

        // A new version of a script may say something else.
        limit.Most = rule.Most;
        return limit;
    }
}
