using System.Text.Json.Nodes;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PluginHost.Crashes;
using PluginHost.History;
using PluginHost.Hosting;
using PluginHost.Swapping;
using PluginHost.Telemetry;

namespace PluginHost.Running;

/// <summary>The runs: takes requests, and knows how each run is.</summary>
internal sealed partial class RunService(
    RunRequests requests,
    RunFactory factory,
    SecretParameters secrets,
    RunLifecycle lifecycle,
    RunStore store,
    LastRuns last,
    IRunPlacement placement,
    IOtherNodes others,
    OccurrenceStore occurrences,
    RunLogs logs,
    HostReadiness readiness,
    Quarantines quarantines,
    SafeMode safeMode,
    IHostApplicationLifetime application,
    TimeProvider time,
    ILogger<RunService> logger) : IHostedService
{
    public (int Running, int Queued) Counts => lifecycle.Counts;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // Not only when it is our turn to be stopped: whatever is stopped before us, such as a server that waits for its
        // requests, would use up the time that the runs have to end in.
        application.ApplicationStopping.Register(() => _ = lifecycle.StopAsync());
        var judgement = quarantines.Begin();
        var (lost, waiting) = await store.RecoverAsync(
            judgement.Error, judgement.Judge, run => IsRunAgain(run) ? factory.CreateRerun(run) : null, cancellationToken);
        foreach (var run in lost)
        {
            LogLost(run.Id, run.Script, IsRunAgain(run) ? "and is run again" : "and is lost");
        }

        quarantines.Know(judgement);
        lifecycle.Resume(waiting, Task.WhenAll(readiness.WhenLoaded, safeMode.WhenLeft));

        bool IsRunAgain(RunInfo run) => run.RerunWhenLost && !judgement.IsSuspected(run);
    }

    /// <summary>Cancels what is under way and waits for it, as long as a cancelled script may take.</summary>
    public Task StopAsync(CancellationToken cancellationToken) =>
        Task.WhenAny(lifecycle.StopAsync(), Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken));

    /// <summary>Takes a request; when it answers, the run is stored.</summary>
    public Task<RunInfo> StartRunAsync(string scriptId, RunRequest request, CancellationToken cancellationToken) => StartRunAsync(scriptId, request, rerunOf: null, cancellationToken);

    private async Task<RunInfo> StartRunAsync(string scriptId, RunRequest request, RunInfo? rerunOf, CancellationToken cancellationToken)
    {
        var (script, parameters) = await requests.CheckAsync(scriptId, request, [.. SecretParameters.NamesIn(rerunOf?.Parameters)], cancellationToken);
        var run = new ActiveRun(RunSpans.AskedForHere(factory.Create(script, RunTrigger.Manual) with
        {
            Parameters = parameters, Version = request.Version, StartAt = request.StartAt, RequestedBy = request.RequestedBy, RerunOf = rerunOf?.Id,
        }));
        if (placement.IsAlone && !(request.StartAt > time.GetUtcNow()))
        {
            // Whoever asks by hand is let in whatever is under way; its place is kept for those who ask what is.
            lifecycle.TryReserve(run, OverlapPolicy.Allow, out _);
        }

        var stored = await lifecycle.StoreAsync(run, async info => await store.AddAsync(info, RunRequests.KeyOf(request, parameters), cancellationToken));
        if (stored!.Id != run.Id || !placement.IsHere(stored))
        {
            return Current(stored);
        }

        lifecycle.Admit(run);
        return Show(run.Info);
    }

    /// <summary>How far a run that is under way here says it has come; null when it is not, or says nothing.</summary>
    public RunProgress? ProgressOf(string runId) => lifecycle.Find(runId)?.Info is { State: RunState.Running, Progress: { } progress } ? progress : null;

    /// <summary>Takes up a run that is stored as this node's, unless it is known here already. While the host starts, it waits until it is known which scripts there are.</summary>
    public void TakeUp(RunInfo stored) => lifecycle.TakeUp(stored, readiness.WhenLoaded);

    /// <summary>Stops everything here and lets nothing follow: other nodes have taken this one for dead, or will.</summary>
    public void Abandon() => lifecycle.Abandon();

    /// <summary>Starts a run with the parameters of one before it.</summary>
    public Task<RunInfo> RerunAsync(string runId, RerunRequest request, CancellationToken cancellationToken)
    {
        var run = Find(runId);
        if (request.SameVersion && run.Version is null)
        {
            throw new ConflictException($"Run {run.Id} has not begun on any version, so it cannot be run again on the same one. Nothing was started. Leave 'sameVersion' out to run it on the live one.");
        }

        var again = new RunRequest { Parameters = secrets.Reveal(run.Script, run.Parameters), Version = request.SameVersion ? run.Version : null, RequestedBy = request.RequestedBy };
        return StartRunAsync(run.Script, again, run, cancellationToken);
    }

    /// <summary>Starts a run for a schedule, as its overlap policy says.</summary>
    /// <param name="script">The script.</param>
    /// <param name="overlap">What the schedule says.</param>
    /// <param name="due">The time that is meant.</param>
    /// <param name="trigger">Whether it is that time now, or was.</param>
    /// <param name="mark">Stored together with the run: a crash loses neither without the other.</param>
    /// <param name="isNewest">Whether it is known that no time of the schedule as late as this one has had its turn.</param>
    /// <param name="parameters">What the schedule gives its runs; null for the script's defaults.</param>
    /// <returns>The run, or null when the policy leaves it out, or the time had its turn before.</returns>
    public async Task<RunInfo?> StartScheduledAsync(
        LiveScript script, OverlapPolicy overlap, DateTimeOffset due, RunTrigger trigger, ScheduleMark mark, bool isNewest = false, JsonObject? parameters = null)
    {
        var run = new ActiveRun(factory.Create(script, trigger) with { ScheduledFor = due, Parameters = parameters, Exclusive = overlap != OverlapPolicy.Allow });
        var occurrence = new OccurrenceInfo { Script = script.Descriptor.Id, Schedule = mark.Key, Due = due, Until = due, Count = 1, Outcome = OccurrenceOutcome.Pending };
        if (!lifecycle.TryReserve(run, overlap, out var inTheWay))
        {
            LogSkipped(script.Descriptor.Id, due, inTheWay[0].Id);
            await occurrences.AddAsync(occurrence with { Outcome = OccurrenceOutcome.SkippedOverlap, Reason = $"run {inTheWay[0].Id} was still going" }, mark, CancellationToken.None);
            return null;
        }

        if (await lifecycle.StoreAsync(run, info => store.AddScheduledAsync(info, occurrence with { RunId = info.Id }, mark, isNewest, CancellationToken.None)) is null)
        {
            LogDoubled(script.Descriptor.Id, due);
            return null;
        }

        if (overlap == OverlapPolicy.CancelPrevious)
        {
            foreach (var other in inTheWay)
            {
                lifecycle.Cancel(other);
            }
        }

        lifecycle.Admit(run);
        return run.Info;
    }

    public async Task<RunInfo> WaitAsync(string runId, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (lifecycle.Find(runId) is { } run)
        {
            try
            {
                await run.Finished.WaitAsync(limit, time, cancellationToken);
            }
            catch (TimeoutException)
            {
                // As it is then.
            }
        }
        else if (Find(runId) is { IsFinished: false } elsewhere)
        {
            await others.WaitAsync(elsewhere, limit, cancellationToken);
        }

        return Get(runId);
    }

    public async Task<RunInfo> CancelAsync(string runId, CancellationToken cancellationToken)
    {
        if (!CancelHere(runId) && Find(runId) is { IsFinished: false } elsewhere)
        {
            await others.CancelAsync(elsewhere, cancellationToken);
        }

        return Get(runId);
    }

    /// <returns>Whether it is here.</returns>
    public bool CancelHere(string runId)
    {
        if (lifecycle.Find(runId) is not { } run)
        {
            return false;
        }

        lifecycle.Cancel(run);
        return true;
    }

    public void CancelRunsOn(string pluginId, string version)
    {
        foreach (var run in lifecycle.Active.Where(run => run.Info is { State: RunState.Running } info && info.Version == version && info.Plugin.Equals(pluginId, StringComparison.OrdinalIgnoreCase)))
        {
            lifecycle.Cancel(run);
        }
    }

    public RunInfo Get(string runId) => Show(Find(runId));

    public Page<RunInfo> List(RunQuery query)
    {
        var page = store.List(query);
        return page with { Items = [.. page.Items.Select(Current)] };
    }

    /// <summary>The newest run of each of some scripts that has runs; perhaps of others, too.</summary>
    public IReadOnlyDictionary<string, RunInfo> Last(IReadOnlyCollection<string> scripts) =>
        last.Of(scripts).ToDictionary(run => run.Script, Current, StringComparer.OrdinalIgnoreCase);

    public IAsyncEnumerable<RunLogLine> ReadLogAsync(string runId, long after, bool follow, CancellationToken cancellationToken)
    {
        if (lifecycle.Find(runId) is null && Find(runId) is var stored && !placement.IsHere(stored))
        {
            return others.ReadLogAsync(stored, after, follow, cancellationToken);
        }

        var opened = lifecycle.Find(runId) is { } run ? Task.WhenAny(run.LogOpened, run.Finished) : Task.CompletedTask;
        return logs.ReadAsync(Get(runId), opened, after, follow, cancellationToken);
    }

    // What is under way knows more than what is stored: progress, above all.
    private RunInfo Current(RunInfo run) => Show(lifecycle.Find(run.Id)?.Info ?? WithProgress(run));

    private RunInfo Find(string runId) =>
        lifecycle.Find(runId) is { } run ? run.Info : WithProgress(store.Find(runId) ?? throw new NotFoundException("run", runId));

    private RunInfo WithProgress(RunInfo elsewhere) =>
        elsewhere.State == RunState.Running && others.ProgressOf(elsewhere.Id) is { } progress ? elsewhere with { Progress = progress } : elsewhere;

    private static RunInfo Show(RunInfo run) => run with { Parameters = SecretParameters.Hide(run.Parameters) };

    [LoggerMessage(EventId = 702, Level = LogLevel.Warning, Message = "Run '{RunId}' of script '{ScriptId}' was under way when the host died, {Outcome}.")]
    private partial void LogLost(string runId, string scriptId, string outcome);

    [LoggerMessage(EventId = 704, Level = LogLevel.Information, Message = "Script '{ScriptId}' was due at {Due} and is skipped, because run '{RunId}' is still going.")]
    private partial void LogSkipped(string scriptId, DateTimeOffset due, string runId);

    [LoggerMessage(EventId = 706, Level = LogLevel.Warning, Message = "Script '{ScriptId}' was due at {Due} before, which the ledger accounts for, so nothing is started for it again. Was the clock set back, or the schedule taken away and set again?")]
    private partial void LogDoubled(string scriptId, DateTimeOffset due);
}
