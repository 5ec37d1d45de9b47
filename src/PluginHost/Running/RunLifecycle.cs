using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using PluginHost.Crashes;
using PluginHost.History;
using PluginHost.Hosting;
using PluginHost.Scripts;
using PluginHost.Swapping;
using PluginHost.Telemetry;

namespace PluginHost.Running;

/// <summary>Takes each run from its storing to its end, and to what follows it.</summary>
/// <remarks>
/// A run has one owner at a time, who alone may end it: while it is stored, the method that does so; while it waits,
/// whoever takes it out of <see cref="WaitingRuns"/>; from its start on, <see cref="RunAsync"/>.
/// </remarks>
internal sealed partial class RunLifecycle : IWantedVersions, IDisposable
{
    private static readonly TimeSpan BeginRetry = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, ActiveRun> _active = new();
    private readonly WaitingRuns _waiting;
    private readonly RunExecutor _executor;
    private readonly RunSuccessors _successors;
    private readonly RunEnds _ends;
    private readonly RunStore _store;
    private readonly IRunPlacement _placement;
    private readonly ISharedPlaces _shared;
    private readonly RecentRuns _recent;
    private readonly HostEvents _events;
    private readonly RunMetrics _metrics;
    private readonly Quarantines _quarantines;
    private readonly StopGrace _grace;
    private readonly TimeProvider _time;
    private readonly ILogger<RunLifecycle> _logger;
    private volatile bool _stopping;

    public RunLifecycle(
        LiveRegistry live, RunLimits limits, RunExecutor executor, RunSuccessors successors, RunEnds ends, RunStore store, IRunPlacement placement, ISharedPlaces shared, RecentRuns recent,
        HostEvents events, RunMetrics metrics, Quarantines quarantines, StopGrace grace, TimeProvider time, ILogger<RunLifecycle> logger)
    {
        (_executor, _successors, _ends, _store, _placement, _shared, _recent) = (executor, successors, ends, store, placement, shared, recent);
        (_events, _metrics, _quarantines, _grace, _time, _logger) = (events, metrics, quarantines, grace, time, logger);
        _waiting = new WaitingRuns(run => limits.Of(run.Script, live.Current.Scripts.GetValueOrDefault(run.Script)), shared, time);
        _waiting.Turn += Begin;
        _waiting.Arrived += Look;
    }

    public (int Running, int Queued) Counts => _waiting.Counts;

    /// <summary>The runs that have not ended, and those whose end is not stored yet.</summary>
    public IEnumerable<ActiveRun> Active => _active.Values;

    public IReadOnlySet<string> WantedVersions => _active.Values.Select(run => run.Info.Version).OfType<string>().ToHashSet(StringComparer.Ordinal);

    public ActiveRun? Find(string runId) => _active.GetValueOrDefault(runId);

    /// <summary>
    /// Starts nothing more, cancels what is under way and waits for its end. What waits stays stored, and has its turn
    /// after the next start. Once is enough, and more does no harm.
    /// </summary>
    public Task StopAsync()
    {
        _stopping = true;
        _grace.Begin();
        _ends.Stop();
        var active = _active.Values.ToList();
        foreach (var run in active)
        {
            if (_waiting.TryTake(run))
            {
                Leave(run);
            }
            else if (run.Info.State == RunState.Running)
            {
                run.RequestStop(RunState.Cancelled);
            }

            // Else it is on its way from one owner to the next, who sees that the host is stopping.
        }

        return Task.WhenAll(active.Select(run => run.Finished));
    }

    /// <summary>Keeps a place for a run that is to be stored next, if the overlap policy lets it in.</summary>
    public bool TryReserve(ActiveRun run, OverlapPolicy overlap, out IReadOnlyList<ActiveRun> others) => _waiting.TryReserve(run, overlap, out others);

    /// <summary>
    /// Stores a run that is to be admitted next, as under way if it has its place; when it cannot be, or another answers
    /// for it, the run was never there.
    /// </summary>
    public async Task<RunInfo?> StoreAsync(ActiveRun run, Func<RunInfo, Task<RunInfo?>> add)
    {
        _active[run.Id] = run;
        RunInfo? stored = null;
        try
        {
            // Looked at once the run is among those that a stopping host cancels, so that it gets through neither way.
            if (_stopping)
            {
                throw new ConflictException("The host is stopping, and starts no more runs.");
            }

            if (run.MayBegin && await _executor.TryLeaseAsync(run) is { } lease)
            {
                run.Begin(lease, _time.GetUtcNow());
            }

            stored = await add(run.Info);
            if (stored?.Id == run.Id && stored.State == RunState.Running)
            {
                _metrics.Started(stored);
            }

            return stored;
        }
        finally
        {
            if (stored?.Id != run.Id || !_placement.IsHere(stored))
            {
                _active.TryRemove(run.Id, out _);
                run.TakeLease()?.Dispose();
                RunSpans.Drop(run.Span);
                _waiting.Release(run);
                run.Finish(run.Info with { State = RunState.Cancelled, FinishedAt = _time.GetUtcNow() });
            }
        }
    }

    /// <summary>Lets a stored run start: now, when its time has come, or when it is its turn.</summary>
    public void Admit(ActiveRun run)
    {
        _active[run.Id] = run;
        _waiting.Add(run);
    }

    /// <summary>Takes up a run that is stored as this node's, unless it is known here already.</summary>
    /// <param name="stored">The run.</param>
    /// <param name="whenScriptsAreKnown">When it may have its turn.</param>
    public void TakeUp(RunInfo stored, Task whenScriptsAreKnown)
    {
        var run = new ActiveRun(stored);
        if (_stopping || !_active.TryAdd(run.Id, run))
        {
            return;
        }

        if (whenScriptsAreKnown.IsCompleted)
        {
            _waiting.Add(run);
        }
        else
        {
            _waiting.AddAfter(whenScriptsAreKnown, [run]);
        }
    }

    /// <summary>Stops everything here and lets nothing follow: other nodes have taken this one for dead, or will.</summary>
    public void Abandon()
    {
        foreach (var run in _active.Values)
        {
            if (_waiting.TryTake(run))
            {
                Leave(run);
            }
            else
            {
                run.RequestStop(RunState.Lost);
            }
        }
    }

    /// <summary>Takes up the runs that waited when the host stopped or died, once it is known which scripts there are.</summary>
    public void Resume(IReadOnlyList<RunInfo> waiting, Task whenScriptsAreKnown)
    {
        // In a cluster, another node may have said so of some of them already.
        var runs = waiting.Select(info => new ActiveRun(info)).Where(run => _active.TryAdd(run.Id, run)).ToList();
        _waiting.AddAfter(whenScriptsAreKnown, runs);
    }

    public void Cancel(ActiveRun run)
    {
        run.RequestStop(RunState.Cancelled);
        EndIfWaiting(run);
    }

    public void Dispose() => _waiting.Dispose();

    /// <summary>What was asked of a run while it was on its way, and could not be done there, is done now.</summary>
    private void Look(ActiveRun run)
    {
        _events.Publish(HostEventKind.Run, run.Id);
        if (run.StopState is not null)
        {
            EndIfWaiting(run);
        }
        else if (_stopping && _waiting.TryTake(run))
        {
            Leave(run);
        }
    }

    private void Begin(ActiveRun run)
    {
        // Without the context of whoever happened to free its place: the script must see nothing of that.
        ThreadPool.UnsafeQueueUserWorkItem(static begun => _ = begun.Lifecycle.RunAsync(begun.Run), (Lifecycle: this, Run: run), preferLocal: false);
    }

    private async Task RunAsync(ActiveRun run)
    {
        if (_stopping && run is { StopState: null, Info.State: RunState.Queued })
        {
            Leave(run);
            return;
        }

        RunInfo finished;
        try
        {
            if (run.StopState is null && run.Info.State == RunState.Queued && !await BeginAsync(run))
            {
                run.TakeLease()?.Dispose();
                _waiting.Release(run);
                Leave(run);
                return;
            }

            if (_stopping)
            {
                // Looked at once it counts as under way: whoever stops the host has seen that, or this sees the stop.
                run.RequestStop(RunState.Cancelled);
            }

            finished = run.StopState is null ? await _executor.ExecuteAsync(run) : Stopped(run);
        }
        catch (Exception failure)
        {
            finished = run.StopState is null
                ? run.Info with { State = failure is QuarantinedException or MissingLabelException ? RunState.Cancelled : RunState.Failed, FinishedAt = _time.GetUtcNow(), Error = new RunError(failure.GetType().Name, ExceptionText.Message(failure), null) }
                : Stopped(run);
        }

        // Nobody else gives the version back, unless the script is still at work on it.
        run.TakeLease()?.Dispose();
        await EndAsync(run, finished);
    }

    /// <summary>The turn of a run that had to wait has come.</summary>
    /// <returns>Whether it is still this node's.</returns>
    private async Task<bool> BeginAsync(ActiveRun run)
    {
        var lease = await _executor.LeaseAsync(run);
        if (_quarantines.Refuse(run.Info.Script, lease.Version.Id) is { } refusal)
        {
            lease.Dispose();
            throw new QuarantinedException(refusal);
        }

        if (_placement.RefuseHere(run.Info.NodeLabel) is { } hindrance)
        {
            // The node was started again without the label while the run waited.
            lease.Dispose();
            throw new MissingLabelException($"The run did not begin: {hindrance}.");
        }

        var begun = run.Begin(lease, _time.GetUtcNow());
        try
        {
            if (!await StoreBegunAsync(run, begun))
            {
                return false;
            }
        }
        catch
        {
            // Its script never ran, so its time in the ledger is settled by its end.
            run.Update(info => info with { StartedAt = null });
            throw;
        }

        _metrics.Started(begun);
        _events.Publish(HostEventKind.Run, run.Id);
        return true;
    }

    /// <summary>The database of a cluster may be away for a while, which is no fault of the run: it begins when that is back.</summary>
    private async Task<bool> StoreBegunAsync(ActiveRun run, RunInfo begun)
    {
        while (true)
        {
            try
            {
                return await _store.SaveAsync(begun, CancellationToken.None);
            }
            catch (DbException) when (!_placement.IsAlone && run.StopState is null)
            {
                await Task.WhenAny(run.StopRequested, Task.Delay(BeginRetry, _time));
            }
        }
    }

    private async Task EndAsync(ActiveRun run, RunInfo finished)
    {
        // Its place is free as soon as its script has ended: those that wait are stored together with its end.
        _waiting.Release(run);

        // Known before they are stored, so that they can be cancelled from that moment on.
        var following = _successors.Of(finished).Select(info => new ActiveRun(info)).ToList();
        following.ForEach(next => _active[next.Id] = next);
        var stored = _ends.StoreAsync(finished, [.. following.Select(next => next.Info)]);
        await stored.FirstTry;
        _recent.Add(finished);
        run.Finish(finished);

        // At once: whoever has waited for the run and looks at its script then must not see what was true before.
        _events.Publish(HostEventKind.Run, run.Id);
        _metrics.Ended(finished);
        if (run.Span is { } span)
        {
            // For the line in the log.
            Activity.Current = span;
        }

        LogEnded(finished.Script, finished.State, finished.DurationMs, finished.Id);
        RunSpans.End(run.Span, finished);
        var placed = await stored.Done;
        if (placed is not null)
        {
            _shared.Forget(run.Id);
            _active.TryRemove(run.Id, out _);
        }

        // Those that were not stored never were; those that another node has are its own.
        var here = placed?.Where(_placement.IsHere).Select(next => next.Id).ToHashSet(StringComparer.Ordinal) ?? [];
        following.ForEach(next => (here.Contains(next.Id) ? (Action<ActiveRun>)Admit : Leave)(next));
    }

    /// <summary>Ends a run that is to stop and has not started. Who takes it out ends it, so that one does.</summary>
    private void EndIfWaiting(ActiveRun run)
    {
        if (_waiting.TryTake(run))
        {
            _ = EndAsync(run, Stopped(run));
        }
    }

    /// <summary>It stays stored as waiting, and has its turn after the next start.</summary>
    private void Leave(ActiveRun run)
    {
        _active.TryRemove(run.Id, out _);
        _shared.Leave(run.Id);
        run.Finish(run.Info);
    }

    private RunInfo Stopped(ActiveRun run) => run.Info with { State = run.StopState!.Value, FinishedAt = _time.GetUtcNow() };

    [LoggerMessage(EventId = 701, Level = LogLevel.Information, Message = "Script '{ScriptId}' {State} after {DurationMs} ms (run '{RunId}').")]
    private partial void LogEnded(string scriptId, RunState state, long? durationMs, string runId);
}
