using System.Text.Json.Nodes;
using PluginHost.Artifacts;
using PluginHost.Building;
using PluginHost.Crashes;
using PluginHost.History;
using PluginHost.Isolation;
using PluginHost.Loading;
using PluginHost.Pipeline;
using PluginHost.Running;
using PluginHost.Scheduling;
using PluginHost.Sources;
using PluginHost.Swapping;

namespace PluginHost.Hosting;

/// <summary>Answers what applications ask by asking the part that knows.</summary>
internal sealed class PluginHostFacade(
    HostSummary summary,
    HostDetailsReader details,
    INodes nodes,
    LiveRegistry live,
    RunService runs,
    RecentRuns recent,
    IScheduleEngine scheduler,
    ScheduleService schedules,
    ScriptStateStore scripts,
    Quarantines quarantines,
    SafeMode safeMode,
    ScriptValueStore values,
    PluginStates plugins,
    DrainingVersions draining,
    ArtifactCatalog artifacts,
    DeploymentStore deployments,
    OccurrenceStore occurrences,
    OccurrenceCalendar calendar,
    SourceWatchers sources,
    VersionSources sourceTexts,
    CommitFiles files,
    BuildLogs buildLogs,
    Rollback rollback,
    LeakInspector inspector,
    WorkerLimits limits,
    HostEvents events,
    TimeProvider time) : IPluginHost
{
    public HostStatus GetStatus() => summary.Read();

    public HostDetails GetDetails() => details.Read();

    public Task<IReadOnlyList<NodeInfo>> GetNodesAsync(CancellationToken cancellationToken) => Task.Run(nodes.List, cancellationToken);

    public Task<NodeInfo> DrainNodeAsync(string nodeId, CancellationToken cancellationToken) => nodes.SetDrainingAsync(nodeId, true, cancellationToken);

    public Task<NodeInfo> UndrainNodeAsync(string nodeId, CancellationToken cancellationToken) => nodes.SetDrainingAsync(nodeId, false, cancellationToken);

    public Task<IReadOnlyList<ScriptInfo>> GetScriptsAsync(CancellationToken cancellationToken) =>
        Task.FromResult(Describe([.. live.Current.Scripts.Values.OrderBy(script => script.Descriptor.Id, StringComparer.OrdinalIgnoreCase)]));

    public Task<Page<ScriptInfo>> GetScriptsAsync(int limit, string? after, CancellationToken cancellationToken)
    {
        var (asked, next) = IdPages.Take(live.Current.Scripts.Values, script => script.Descriptor.Id, limit, after);
        return Task.FromResult(new Page<ScriptInfo>(Describe(asked), next));
    }

    public Task<ScriptInfo> GetScriptAsync(string scriptId, CancellationToken cancellationToken)
    {
        var script = Find(scriptId);
        return Task.FromResult(Describe(script, runs.List(new RunQuery { Script = script.Descriptor.Id, Limit = 1 }).Items.FirstOrDefault()));
    }

    public Task<ScriptInfo> PauseScriptAsync(string scriptId, CancellationToken cancellationToken) => SetPausedAsync(scriptId, true, cancellationToken);

    public Task<ScriptInfo> ResumeScriptAsync(string scriptId, CancellationToken cancellationToken) => SetPausedAsync(scriptId, false, cancellationToken);

    public async Task<ScriptInfo> AllowScriptAsync(string scriptId, CancellationToken cancellationToken)
    {
        var script = Find(scriptId);
        await quarantines.AllowAsync(script, cancellationToken);
        return await GetScriptAsync(script.Descriptor.Id, cancellationToken);
    }

    public Task<HostStatus> LeaveSafeModeAsync(CancellationToken cancellationToken)
    {
        if (safeMode.Leave())
        {
            scheduler.SafeModeLeft();
        }

        return Task.FromResult(GetStatus());
    }

    public Task<IReadOnlyList<ScheduleInfo>> GetSchedulesAsync(string scriptId, CancellationToken cancellationToken) =>
        Task.FromResult(schedules.Of(Find(scriptId).Descriptor));

    public Task<ScheduleInfo> SetScheduleAsync(string scriptId, string scheduleId, ScheduleRequest request, CancellationToken cancellationToken) =>
        schedules.SetAsync(scriptId, scheduleId, request, cancellationToken);

    public Task<IReadOnlyList<ScheduleInfo>> ResetScheduleAsync(string scriptId, string scheduleId, CancellationToken cancellationToken) =>
        schedules.ResetAsync(scriptId, scheduleId, cancellationToken);

    public SchedulePreview PreviewSchedule(string? cron, string? timeZone, string? scriptId) => schedules.Preview(cron, timeZone, scriptId);

    public Task<IReadOnlyList<StateValueInfo>> GetStateAsync(string scriptId, CancellationToken cancellationToken)
    {
        var kept = values.List(scriptId);
        if (kept.Count == 0)
        {
            Find(scriptId);
        }

        return Task.FromResult<IReadOnlyList<StateValueInfo>>(
            [.. kept.Select(value => new StateValueInfo(value.Key, JsonNode.Parse(value.Json), value.Version, value.UpdatedAt))]);
    }

    public async Task RemoveStateAsync(string scriptId, string key, CancellationToken cancellationToken)
    {
        if (!await values.RemoveAsync(scriptId, key, cancellationToken))
        {
            throw new NotFoundException("value", $"{scriptId} {key}");
        }
    }

    public Task<RunInfo> StartRunAsync(string scriptId, RunRequest request, CancellationToken cancellationToken) =>
        runs.StartRunAsync(scriptId, request, cancellationToken);

    public Task<RunInfo> RerunAsync(string runId, RerunRequest request, CancellationToken cancellationToken) => runs.RerunAsync(runId, request, cancellationToken);

    public Task<RunInfo> WaitForRunAsync(string runId, TimeSpan limit, CancellationToken cancellationToken) => runs.WaitAsync(runId, limit, cancellationToken);

    public Task<RunInfo> CancelRunAsync(string runId, CancellationToken cancellationToken) => runs.CancelAsync(runId, cancellationToken);

    public Task<Page<RunInfo>> GetRunsAsync(RunQuery query, CancellationToken cancellationToken) => Task.FromResult(runs.List(query));

    public Task<Page<OccurrenceInfo>> GetOccurrencesAsync(OccurrenceQuery query, CancellationToken cancellationToken) => Task.FromResult(occurrences.List(query));

    public Task<IReadOnlyList<OccurrenceDay>> GetCalendarAsync(string scriptId, DateOnly from, string? timeZone, CancellationToken cancellationToken) =>
        Task.FromResult(calendar.Read(Find(scriptId).Descriptor.Id, from, timeZone));

    public Task<RunInfo> GetRunAsync(string runId, CancellationToken cancellationToken) => Task.FromResult(runs.Get(runId));

    public IAsyncEnumerable<RunLogLine> ReadLogAsync(string runId, long after, bool follow, CancellationToken cancellationToken) =>
        runs.ReadLogAsync(runId, after, follow, cancellationToken);

    public IReadOnlyList<PluginInfo> GetPlugins() => [.. plugins.All.Select(WithRollout)];

    public PluginInfo GetPlugin(string pluginId) => WithRollout(plugins.Get(pluginId));

    public IReadOnlyList<PluginVersionInfo> GetVersions(string pluginId)
    {
        var plugin = plugins.Get(pluginId);
        return [.. artifacts.Of(plugin.Id).Select(artifact => new PluginVersionInfo(
            artifact.Version, artifact.Commit, artifact.Author, artifact.Message, artifact.BuiltAt, State(plugin, artifact.Version)) { Warnings = artifact.Warnings ?? [], BuildUrl = artifact.BuildUrl })];
    }

    public Task<IReadOnlyList<SourceText>> GetSourceAsync(string pluginId, string version, CancellationToken cancellationToken) =>
        Task.Run(() => sourceTexts.Read(plugins.Get(pluginId).Id, version), cancellationToken);

    public Task<VersionChanges> CompareVersionsAsync(string pluginId, string version, string? against, CancellationToken cancellationToken) =>
        Task.Run(() => sourceTexts.Compare(plugins.Get(pluginId).Id, version, against), cancellationToken);

    public Task<IReadOnlyList<SourceText>> ReadFilesAsync(string sourceName, string commit, IReadOnlyList<string> paths, CancellationToken cancellationToken) =>
        Task.Run(() => files.Read(sources.Get(sourceName).Info.Name, commit, paths), cancellationToken);

    public async Task<PluginInfo> RollBackAsync(string pluginId, string? version, string? requestedBy, CancellationToken cancellationToken)
    {
        await rollback.PinAsync(pluginId, version, requestedBy, cancellationToken);
        return GetPlugin(pluginId);
    }

    public async Task<PluginInfo> UnpinAsync(string pluginId, CancellationToken cancellationToken)
    {
        await rollback.UnpinAsync(pluginId, cancellationToken);
        return GetPlugin(pluginId);
    }

    public Task<LeakExplanation> ExplainLeakAsync(string pluginId, string version, CancellationToken cancellationToken) =>
        inspector.ExplainAsync(plugins.Get(pluginId).Id, version, cancellationToken);

    public Task<Page<DeploymentInfo>> GetDeploymentsAsync(int limit, string? after, CancellationToken cancellationToken) =>
        Task.FromResult(deployments.List(limit, after));

    public Task<DeploymentInfo> GetDeploymentAsync(string deploymentId, CancellationToken cancellationToken) =>
        Task.FromResult(deployments.Find(deploymentId) ?? throw new NotFoundException("deployment", deploymentId));

    public async Task<IReadOnlyList<BuildLogInfo>> GetBuildLogsAsync(string deploymentId, CancellationToken cancellationToken) =>
        await GetDeploymentAsync(deploymentId, cancellationToken) is { Source: var source, Commit: var commit } ? buildLogs.Of(source, commit) : [];

    public async Task<Stream> OpenBuildLogAsync(string deploymentId, BuildLogKind kind, CancellationToken cancellationToken) =>
        await GetDeploymentAsync(deploymentId, cancellationToken) is var deployment && buildLogs.Open(deployment.Source, deployment.Commit, kind) is { } log
            ? log
            : throw new NotFoundException("build log of deployment", deploymentId);

    public async Task<DeploymentInfo> SyncAsync(string sourceName, TimeSpan limit, string? accept, CancellationToken cancellationToken)
    {
        var source = sources.Get(sourceName);
        if (accept is not null)
        {
            source.AcceptRewrite(accept.Length is >= 7 and <= 40 && accept.All(char.IsAsciiHexDigit)
                ? accept
                : throw new ArgumentException($"'{accept}' is no commit's id: it has from 7 to 40 digits, 0 to 9 and a to f."));
        }

        Task<DeploymentInfo> deployment;
        try
        {
            deployment = await source.CheckAsync(DeploymentTrigger.Manual, cancellationToken);
        }
        catch (SourceException failure)
        {
            throw new ConflictException(failure.Message);
        }

        await Task.WhenAny(deployment, Task.Delay(limit, time, cancellationToken));
        cancellationToken.ThrowIfCancellationRequested();
        return deployment.IsCompleted
            ? await deployment
            : deployments.FindNewest(sourceName) ?? throw new ConflictException("The deployment has not begun yet; ask again.");
    }

    public void HintSource(string sourceName) => sources.Get(sourceName).Hint();

    public long Revision => events.Revision;

    public IAsyncEnumerable<HostEvent> WatchAsync(CancellationToken cancellationToken) => events.WatchAsync(cancellationToken);

    private async Task<ScriptInfo> SetPausedAsync(string scriptId, bool paused, CancellationToken cancellationToken)
    {
        var id = Find(scriptId).Descriptor.Id;
        await scripts.SetPausedAsync(id, paused, cancellationToken);
        if (!paused)
        {
            scheduler.Resumed(id);
        }

        events.Publish(HostEventKind.Script, id);
        return await GetScriptAsync(id, cancellationToken);
    }

    private IReadOnlyList<ScriptInfo> Describe(List<LiveScript> asked)
    {
        var last = runs.Last(asked.ConvertAll(script => script.Descriptor.Id));
        return [.. asked.Select(script => Describe(script, last.GetValueOrDefault(script.Descriptor.Id)))];
    }

    private LiveScript Find(string scriptId) =>
        live.Current.Scripts.GetValueOrDefault(scriptId) ?? throw new NotFoundException("script", scriptId);

    private ScriptInfo Describe(LiveScript script, RunInfo? last)
    {
        var descriptor = script.Descriptor;
        var quarantine = quarantines.Of(script);
        var state = quarantine is not null ? ScriptState.Broken
            : scripts.IsPaused(descriptor.Id) ? ScriptState.Paused
            : plugins.HasProblem(script.Plugin.Id) ? ScriptState.Broken
            : ScriptState.Ready;
        return new ScriptInfo(
            descriptor.Id,
            script.Plugin.Id,
            descriptor.Name,
            descriptor.Description,
            descriptor.Tags,
            state,
            new LiveVersionInfo(script.Plugin.Version.Id, script.Plugin.Version.Commit, script.Plugin.Since),
            schedules.Of(descriptor),
            (JsonObject)descriptor.ParameterSchema.DeepClone(),
            last)
        {
            RecentRuns = recent.Of(descriptor.Id),
            RunAfter = descriptor.RunAfter,
            Quarantine = quarantine is null ? null : new QuarantineInfo(quarantine.Since, quarantine.Crashes, quarantine.Reason),
            Isolation = descriptor.Isolation,
            RunOn = descriptor.RunOn,
            NodeLabel = descriptor.NodeLabel,
            IsolationNote = descriptor.Isolation == ScriptIsolation.Process ? limits.Shortcoming : null,
        };
    }

    private PluginInfo WithRollout(PluginInfo plugin) => plugin with { Rollout = nodes.RolloutOf(plugin.Id) };

    private PluginVersionState State(PluginInfo plugin, string version) =>
        plugin.Live?.Version == version ? PluginVersionState.Live
        : draining.Find(plugin.Id, version) is not null ? PluginVersionState.Draining
        : PluginVersionState.Stored;
}
