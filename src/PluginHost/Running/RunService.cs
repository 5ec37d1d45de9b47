using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PluginHost.History;
using PluginHost.Hosting;
using PluginHost.Swapping;

namespace PluginHost.Running;

/// <summary>The runs: takes requests, starts them when their turn comes, and knows how each one is.</summary>
internal sealed partial class RunService(
    LiveRegistry live,
    IStoredVersions stored,
    RunExecutor executor,
    RunStore store,
    RunLogs logs,
    HostEvents events,
    RunMetrics metrics,
    IOptions<PluginHostOptions> options,
    TimeProvider time,
    ILogger<RunService> logger) : IHostedService
{
    private static readonly TimeSpan LongestRetryDelay = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, ActiveRun> _active = new();
    private readonly RunQueue _queue = new(options.Value.Runs.MaxConcurrent);
    private volatile bool _stopping;

    public (int Running, int Queued) Counts => _queue.Counts;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var run in await store.MarkLostAsync(cancellationToken))
        {
            LogLost(run.Id, run.Script);
        }
    }

    /// <summary>Cancels what is under way and waits for it, as long as a cancelled script may take.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _stopping = true;
        foreach (var run in _active.Values)
        {
            Cancel(run);
        }

        await Task.WhenAny(Task.WhenAll(_active.Values.Select(run => run.Finished)), Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken));
    }

    /// <summary>Takes a request; when it answers, the run is stored.</summary>
    public async Task<RunInfo> StartRunAsync(string scriptId, RunRequest request, CancellationToken cancellationToken)
    {
        if (!live.Current.Scripts.TryGetValue(scriptId, out var script))
        {
            throw new NotFoundException("script", scriptId);
        }

        var parameters = await CheckAsync(script, request, cancellationToken);
        var run = NewRun(script, RunTrigger.Manual, null, 1, parameters) with { RequestedBy = request.RequestedBy };
        return await EnqueueAsync(new ActiveRun(run, exclusive: false) { WantedVersion = request.Version }, request.IdempotencyKey, cancellationToken);
    }

    /// <summary>Starts a run for a schedule, as its overlap policy says.</summary>
    /// <returns>The run, or null when the policy leaves it out.</returns>
    public async Task<RunInfo?> StartScheduledAsync(
        LiveScript script, OverlapPolicy overlap, DateTimeOffset due, RunTrigger trigger, CancellationToken cancellationToken)
    {
        var id = script.Descriptor.Id;
        var others = _queue.Of(id);
        if (others.Count > 0 && (overlap == OverlapPolicy.Skip || (overlap == OverlapPolicy.Queue && _queue.HasWaiting(id))))
        {
            LogSkipped(id, due, others[0].Id);
            return null;
        }

        if (overlap == OverlapPolicy.CancelPrevious)
        {
            foreach (var other in others)
            {
                Cancel(other);
            }
        }

        return await EnqueueAsync(new ActiveRun(NewRun(script, trigger, due, 1, null), exclusive: overlap != OverlapPolicy.Allow), null, cancellationToken);
    }

    public async Task<RunInfo> WaitAsync(string runId, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (_active.TryGetValue(runId, out var run))
        {
            await Task.WhenAny(run.Finished, Task.Delay(limit, time, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
        }

        return Get(runId);
    }

    public RunInfo Cancel(string runId)
    {
        if (_active.TryGetValue(runId, out var run))
        {
            Cancel(run);
        }

        return Get(runId);
    }

    public void CancelRunsOn(string pluginId, string version)
    {
        foreach (var run in _active.Values.Where(run => run.Info.Version == version && run.Info.Plugin.Equals(pluginId, StringComparison.OrdinalIgnoreCase)))
        {
            Cancel(run);
        }
    }

    public RunInfo Get(string runId) =>
        _active.TryGetValue(runId, out var run) ? run.Info : store.Find(runId) ?? throw new NotFoundException("run", runId);

    public Page<RunInfo> List(RunQuery query)
    {
        var page = store.List(query);
        return page with { Items = [.. page.Items.Select(Current)] };
    }

    public IReadOnlyDictionary<string, RunInfo> Last() =>
        store.Last().ToDictionary(last => last.Key, last => Current(last.Value), StringComparer.OrdinalIgnoreCase);

    public IAsyncEnumerable<RunLogLine> ReadLogAsync(string runId, long after, bool follow, CancellationToken cancellationToken) =>
        logs.ReadAsync(Get(runId), after, follow, cancellationToken);

    // What is under way knows more than what is stored: progress, above all.
    private RunInfo Current(RunInfo run) => _active.TryGetValue(run.Id, out var active) ? active.Info : run;

    /// <summary>Refuses wrong parameters before anything is stored.</summary>
    private async Task<JsonObject?> CheckAsync(LiveScript script, RunRequest request, CancellationToken cancellationToken)
    {
        var plugin = script.Plugin;
        using var lease = request.Version is { } wanted
            ? await stored.LeaseAsync(plugin.Id, wanted, cancellationToken) ?? throw new NotFoundException("version", $"{plugin.Id} {wanted}")
            : plugin.Version.TryLease() ?? throw new ConflictException($"Plugin {plugin.Id} was replaced just now. Try again.");
        var definition = lease.FindScript(script.Descriptor.Id)
            ?? throw new ConflictException($"Version {request.Version} of {plugin.Id} has no script {script.Descriptor.Name}.");
        var values = definition.Parameters.Bind(request.Parameters, out var errors) ?? throw new InvalidParametersException(script.Descriptor.Id, errors);
        return values.Given;
    }

    private RunInfo NewRun(LiveScript script, RunTrigger trigger, DateTimeOffset? scheduledFor, int attempt, JsonObject? parameters) => new()
    {
        Id = Guid.CreateVersion7(time.GetUtcNow()).ToString("n"),
        Script = script.Descriptor.Id,
        Plugin = script.Plugin.Id,
        Trigger = trigger,
        ScheduledFor = scheduledFor,
        QueuedAt = time.GetUtcNow(),
        State = RunState.Queued,
        Attempt = attempt,
        Parameters = parameters,
        Node = options.Value.NodeName,
    };

    private async Task<RunInfo> EnqueueAsync(ActiveRun run, string? idempotencyKey, CancellationToken cancellationToken)
    {
        if (_stopping)
        {
            throw new ConflictException("The host is stopping, and starts no more runs.");
        }

        var info = await store.AddAsync(run.Info, idempotencyKey, cancellationToken);
        if (info.Id != run.Id)
        {
            return Current(info);
        }

        _active[run.Id] = run;
        events.Publish(HostEventKind.Run, run.Id);
        Begin(_queue.Add(run));
        return run.Info;
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
            var lease = await executor.LeaseAsync(run);
            var started = run.Update(info => info with
            {
                State = RunState.Running, Version = lease.Version.Id, Commit = lease.Version.Commit, StartedAt = time.GetUtcNow(),
            });
            await store.SaveAsync(started, CancellationToken.None);
            events.Publish(HostEventKind.Run, run.Id);
            metrics.Started(started);
            finished = await executor.ExecuteAsync(run, lease);
        }
        catch (Exception failure)
        {
            finished = run.Info with { State = run.StopState ?? RunState.Failed, FinishedAt = time.GetUtcNow(), Error = new RunError(failure.GetType().Name, failure.Message, null) };
        }

        await EndAsync(run, finished);
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

        run.Finish(finished);
        metrics.Ended(finished);
        LogEnded(finished.Script, finished.State, finished.DurationMs, finished.Id);
        _active.TryRemove(run.Id, out _);
        events.Publish(HostEventKind.Run, run.Id);
        Begin(_queue.Remove(run));
        if (finished.State is RunState.Failed or RunState.TimedOut)
        {
            await RetryAsync(finished);
        }
    }

    private async Task RetryAsync(RunInfo failed)
    {
        if (_stopping || !live.Current.Scripts.TryGetValue(failed.Script, out var script) || failed.Attempt >= script.Descriptor.MaxAttempts)
        {
            return;
        }

        var delay = Math.Min(script.Descriptor.RetryDelay.Ticks * Math.Pow(2, failed.Attempt - 1), LongestRetryDelay.Ticks);
        var retry = new ActiveRun(NewRun(script, RunTrigger.Retry, failed.ScheduledFor, failed.Attempt + 1, failed.Parameters), exclusive: false);
        await store.AddAsync(retry.Info, null, CancellationToken.None);
        _active[retry.Id] = retry;
        events.Publish(HostEventKind.Run, retry.Id);

        // Many scripts that failed of one cause do not all come back in one moment.
        var jittered = TimeSpan.FromTicks((long)(delay * (0.9 + (0.2 * Random.Shared.NextDouble()))));
        await Task.WhenAny(Task.Delay(jittered, time), retry.StopRequested);
        if (retry.StopState is null)
        {
            Begin(_queue.Add(retry));
        }
    }

    private void Cancel(ActiveRun run)
    {
        run.RequestStop(RunState.Cancelled);
        if (run.Info.State == RunState.Queued && (_queue.RemoveWaiting(run) || !_queue.Of(run.Info.Script).Contains(run)))
        {
            _ = EndAsync(run, run.Info with { State = RunState.Cancelled, FinishedAt = time.GetUtcNow() });
        }
    }

    [LoggerMessage(EventId = 701, Level = LogLevel.Information, Message = "Script '{ScriptId}' {State} after {DurationMs} ms (run '{RunId}').")]
    private partial void LogEnded(string scriptId, RunState state, long? durationMs, string runId);

    [LoggerMessage(EventId = 702, Level = LogLevel.Warning, Message = "Run '{RunId}' of script '{ScriptId}' was under way when the host died, and is lost.")]
    private partial void LogLost(string runId, string scriptId);

    [LoggerMessage(EventId = 704, Level = LogLevel.Information, Message = "Script '{ScriptId}' was due at {Due} and is skipped, because run '{RunId}' is still going.")]
    private partial void LogSkipped(string scriptId, DateTimeOffset due, string runId);

    [LoggerMessage(EventId = 705, Level = LogLevel.Error, Message = "The end of run '{RunId}' could not be stored; after a restart it counts as lost.")]
    private partial void LogNotStored(Exception failure, string runId);
}
