using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PluginHost.History;
using PluginHost.Hosting;
using PluginHost.Scripts;
using PluginHost.Swapping;

namespace PluginHost.Running;

/// <summary>Takes each run from its place in the queue to its end, and to its retry.</summary>
/// <remarks>
/// A run has one owner at a time, who alone may end it: while it is stored or waits for its retry, the method that does
/// so; in the queue, whoever takes it out; from its start on, <see cref="RunAsync"/>.
/// </remarks>
internal sealed partial class RunLifecycle(
    LiveRegistry live,
    RunFactory factory,
    RunExecutor executor,
    RunStore store,
    HostEvents events,
    RunMetrics metrics,
    StopGrace grace,
    IOptions<PluginHostOptions> options,
    TimeProvider time,
    ILogger<RunLifecycle> logger)
{
    private readonly ConcurrentDictionary<string, ActiveRun> _active = new();
    private readonly RunQueue _queue = new(options.Value.Runs.MaxConcurrent);
    private volatile bool _stopping;

    public (int Running, int Queued) Counts => _queue.Counts;

    /// <summary>The runs that have not ended.</summary>
    public IEnumerable<ActiveRun> Active => _active.Values;

    public ActiveRun? Find(string runId) => _active.GetValueOrDefault(runId);

    /// <summary>Starts nothing more, cancels what is under way and waits for its end. Once is enough, and more does no harm.</summary>
    public Task StopAsync()
    {
        _stopping = true;
        grace.Begin();
        var active = _active.Values;
        foreach (var run in active)
        {
            Cancel(run);
        }

        return Task.WhenAll(active.Select(run => run.Finished));
    }

    /// <summary>Keeps a place for a run that is to be stored next, if the overlap policy lets it in.</summary>
    public bool TryReserve(ActiveRun run, OverlapPolicy overlap, out IReadOnlyList<ActiveRun> others) => _queue.TryReserve(run, overlap, out others);

    /// <summary>Stores a run that is to be admitted next; when it cannot be, or another answers for it, the run was never there.</summary>
    public async Task<RunInfo> StoreAsync(ActiveRun run, Func<Task<RunInfo>> add)
    {
        _active[run.Id] = run;
        RunInfo? stored = null;
        try
        {
            // Looked at once the run is among those that a stopping host cancels, so that it gets through neither way.
            stored = _stopping ? throw new ConflictException("The host is stopping, and starts no more runs.") : await add();
            return stored;
        }
        finally
        {
            if (stored?.Id != run.Id)
            {
                _active.TryRemove(run.Id, out _);
                Begin(_queue.Remove(run));
                run.Finish(run.Info with { State = RunState.Cancelled, FinishedAt = time.GetUtcNow() });
            }
        }
    }

    /// <summary>Lets a stored run start when its turn comes.</summary>
    public void Admit(ActiveRun run)
    {
        Begin(_queue.Add(run));
        events.Publish(HostEventKind.Run, run.Id);
        if (run.StopState is not null)
        {
            // It was asked to stop before it was in the queue.
            EndIfWaiting(run);
        }
    }

    public void Cancel(ActiveRun run)
    {
        run.RequestStop(RunState.Cancelled);
        EndIfWaiting(run);
    }

    private void Begin(IReadOnlyList<ActiveRun> startable)
    {
        foreach (var run in startable)
        {
            // The script must see nothing of whoever happened to free its place.
            using (ExecutionContext.SuppressFlow())
            {
                _ = Task.Run(() => RunAsync(run));
            }
        }
    }

    private async Task RunAsync(ActiveRun run)
    {
        RunInfo finished;
        try
        {
            finished = run.StopState is null ? await ExecuteAsync(run) : Stopped(run);
        }
        catch (Exception failure)
        {
            finished = run.StopState is null
                ? run.Info with { State = RunState.Failed, FinishedAt = time.GetUtcNow(), Error = new RunError(failure.GetType().Name, ExceptionText.Message(failure), null) }
                : Stopped(run);
        }

        await EndAsync(run, finished);
    }

    private async Task<RunInfo> ExecuteAsync(ActiveRun run)
    {
        var lease = await executor.LeaseAsync(run);
        try
        {
            var started = run.Update(info => info with
            {
                State = RunState.Running, Version = lease.Version.Id, Commit = lease.Version.Commit, StartedAt = time.GetUtcNow(),
            });
            metrics.Started(started);
            await store.SaveAsync(started, CancellationToken.None);
            events.Publish(HostEventKind.Run, run.Id);
            return await executor.ExecuteAsync(run, lease);
        }
        catch
        {
            // The script did not start, or has ended: nobody else gives the version back.
            lease.Dispose();
            throw;
        }
    }

    private async Task EndAsync(ActiveRun run, RunInfo finished)
    {
        try
        {
            await store.SaveAsync(finished, CancellationToken.None);
        }
        catch (Exception failure)
        {
            LogNotStored(failure, run.Id);
        }

        // Its place is free before its end is told, so that who waited for the end can start the next one.
        var startable = _queue.Remove(run);
        run.Finish(finished);
        _active.TryRemove(run.Id, out _);
        metrics.Ended(finished);
        LogEnded(finished.Script, finished.State, finished.DurationMs, finished.Id);
        events.Publish(HostEventKind.Run, run.Id);
        Begin(startable);
        if (finished.State is RunState.Failed or RunState.TimedOut)
        {
            await RetryAsync(run);
        }
    }

    private async Task RetryAsync(ActiveRun failed)
    {
        if (_stopping || !live.Current.Scripts.TryGetValue(failed.Info.Script, out var script) || failed.Info.Attempt >= script.Descriptor.MaxAttempts)
        {
            return;
        }

        // On the same version and under the same rule as the try before: a schedule that lets nothing overlap means this too.
        var retry = new ActiveRun(factory.CreateRetry(script, failed.Info), failed.Exclusive) { WantedVersion = failed.WantedVersion };
        var delay = Task.Delay(RetryDelay.After(failed.Info.Attempt, script.Descriptor), time, retry.CancellationToken);
        try
        {
            await StoreAsync(retry, () => store.AddAsync(retry.Info, idempotencyKey: null, CancellationToken.None));
        }
        catch (Exception failure)
        {
            LogNoRetry(failure, failed.Info.Script, failed.Id);
            return;
        }

        events.Publish(HostEventKind.Run, retry.Id);
        await Task.WhenAny(delay, retry.StopRequested);
        Admit(retry);
    }

    /// <summary>Ends a run that is to stop and has not started. Who takes it from the queue ends it, so that one does.</summary>
    private void EndIfWaiting(ActiveRun run)
    {
        if (_queue.RemoveWaiting(run))
        {
            _ = EndAsync(run, Stopped(run));
        }
    }

    private RunInfo Stopped(ActiveRun run) => run.Info with { State = run.StopState!.Value, FinishedAt = time.GetUtcNow() };

    [LoggerMessage(EventId = 701, Level = LogLevel.Information, Message = "Script '{ScriptId}' {State} after {DurationMs} ms (run '{RunId}').")]
    private partial void LogEnded(string scriptId, RunState state, long? durationMs, string runId);

    [LoggerMessage(EventId = 705, Level = LogLevel.Error, Message = "The end of run '{RunId}' could not be stored; after a restart it counts as lost.")]
    private partial void LogNotStored(Exception failure, string runId);

    [LoggerMessage(EventId = 706, Level = LogLevel.Error, Message = "Script '{ScriptId}' is not tried again after run '{RunId}', because the retry could not be stored.")]
    private partial void LogNoRetry(Exception failure, string scriptId, string runId);
}
