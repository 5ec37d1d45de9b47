using System.Collections.Concurrent;

namespace PluginHost.Running;

/// <summary>Where stored runs wait: after a start of the host for the scripts, then for their time, for a place that all nodes share, and then for their turn.</summary>
/// <remarks>A run is in one of these places or on its way to the next; who takes it out of one has it for himself.</remarks>
internal sealed class WaitingRuns : IDisposable
{
    private readonly ConcurrentDictionary<string, ActiveRun> _held = new();
    private readonly ConcurrentDictionary<string, CancellationTokenSource> _sharing = new();
    private readonly ISharedPlaces _shared;
    private readonly DelayedRuns _delayed;
    private readonly RunQueue _queue;
    private readonly TimeProvider _time;

    /// <param name="rulesOf">The bounds that hold for a run.</param>
    /// <param name="shared">The places that all nodes share.</param>
    /// <param name="time">The clock.</param>
    public WaitingRuns(Func<RunInfo, IReadOnlyList<RunLimitRule>> rulesOf, ISharedPlaces shared, TimeProvider time)
    {
        _shared = shared;
        _time = time;
        _queue = new RunQueue(rulesOf);
        _delayed = new DelayedRuns(time);
        _delayed.Due += Enqueue;
    }

    /// <summary>Told a run whose turn has come. It waits no more.</summary>
    public event Action<ActiveRun>? Turn;

    /// <summary>Told a run that was on its way until now. Who wanted to take it out meanwhile has not found it.</summary>
    public event Action<ActiveRun>? Arrived;

    public (int Running, int Queued) Counts => _queue.Counts is var (running, queued) ? (running, queued + _sharing.Count) : default;

    /// <summary>Keeps a place for a run that is to be stored next, if the overlap policy lets it in.</summary>
    public bool TryReserve(ActiveRun run, OverlapPolicy overlap, out IReadOnlyList<ActiveRun> others)
    {
        if (!_queue.TryReserve(run, overlap, out others, out var startsAtOnce))
        {
            return false;
        }

        run.MayBegin = startsAtOnce;
        return true;
    }

    /// <summary>Lets a run have its turn: now, when its time has come, or when there is a place for it.</summary>
    public void Add(ActiveRun run)
    {
        if (run.Info.StartAt > _time.GetUtcNow())
        {
            _delayed.Add(run);
            Arrived?.Invoke(run);
        }
        else
        {
            Enqueue(run);
        }
    }

    /// <summary>Adds runs later, in their order; those that are taken out before, not.</summary>
    public void AddAfter(Task start, IReadOnlyList<ActiveRun> runs)
    {
        foreach (var run in runs)
        {
            _held[run.Id] = run;
        }

        _ = start.ContinueWith(_ => runs.Where(run => _held.TryRemove(run.Id, out var _)).ToList().ForEach(Add), TaskScheduler.Default);
    }

    /// <summary>Takes a run out, so that it will have no turn.</summary>
    /// <returns>Whether it waited here.</returns>
    public bool TryTake(ActiveRun run)
    {
        if (_held.TryRemove(run.Id, out _) || _delayed.Remove(run))
        {
            return true;
        }

        if (_sharing.TryRemove(run.Id, out var waiting))
        {
            waiting.Cancel();
            return true;
        }

        var waited = _queue.RemoveWaiting(run, out var startable);
        Tell(startable);
        return waited;
    }

    /// <summary>Frees the place of a run that has ended, or that could not be stored.</summary>
    public void Release(ActiveRun run) => Tell(_queue.Release(run));

    public void Dispose() => _delayed.Dispose();

    /// <summary>First the place that it shares with other nodes: while it waits for that, it takes none here from those that need none.</summary>
    private void Enqueue(ActiveRun run)
    {
        if (!_shared.Needs(run.Info))
        {
            EnqueueHere(run);
            return;
        }

        var waiting = _sharing[run.Id] = new CancellationTokenSource();
        _ = ShareAsync(run, waiting.Token);
        Arrived?.Invoke(run);
    }

    private async Task ShareAsync(ActiveRun run, CancellationToken cancellationToken)
    {
        try
        {
            await _shared.TakeAsync(run.Info, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return;
        }

        if (_sharing.TryRemove(run.Id, out _))
        {
            EnqueueHere(run);
        }
    }

    private void EnqueueHere(ActiveRun run)
    {
        Tell(_queue.Enqueue(run));
        Arrived?.Invoke(run);
    }

    private void Tell(IReadOnlyList<ActiveRun> startable)
    {
        foreach (var run in startable)
        {
            Turn?.Invoke(run);
        }
    }
}
