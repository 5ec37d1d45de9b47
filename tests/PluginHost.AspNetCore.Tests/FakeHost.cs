using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace PluginHost.AspNetCore.Tests;

/// <summary>Answers what a test gives it and remembers what it was asked.</summary>
internal sealed class FakeHost : IPluginHost
{
    public HostStatus Status { get; set; } = Examples.Status();
    public List<ScriptInfo> Scripts { get; } = [Examples.Script()];
    public List<PluginInfo> Plugins { get; } = [Examples.Plugin()];
    public List<RunInfo> Runs { get; } = [Examples.Run()];
    public List<OccurrenceInfo> OccurrenceItems { get; } = [Examples.Occurrence];
    public List<DeploymentInfo> Deployments { get; } = [Examples.Deployment()];
    public FakeAudit Audit { get; } = new();
    public string? Next { get; set; }
    public Exception? Failure { get; set; }

    public RunRequest? Request { get; private set; }
    public RunQuery? Query { get; private set; }
    public TimeSpan? Limit { get; private set; }
    public long? LogAfter { get; private set; }

    public Channel<RunLogLine> Log { get; } = Channel.CreateUnbounded<RunLogLine>();
    public Channel<HostEvent> Events { get; } = Channel.CreateUnbounded<HostEvent>();

    /// <summary>Whether what is waited for never comes.</summary>
    public bool WaitsForever { get; set; }

    /// <summary>Set once somebody waits.</summary>
    public TaskCompletionSource Waited { get; } = new();

    /// <summary>Set once somebody watches.</summary>
    public TaskCompletionSource Watched { get; } = new();

    public HostDetails Details { get; set; } = Examples.Details;

    public HostDetails GetDetails() => Details;

    public List<NodeInfo> Nodes { get; } = [Examples.Node];

    public Task<IReadOnlyList<NodeInfo>> GetNodesAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<NodeInfo>>(Nodes);

    public Task<NodeInfo> DrainNodeAsync(string nodeId, CancellationToken cancellationToken) => SetDraining(nodeId, true);

    public Task<NodeInfo> UndrainNodeAsync(string nodeId, CancellationToken cancellationToken) => SetDraining(nodeId, false);

    private Task<NodeInfo> SetDraining(string nodeId, bool isDraining)
    {
        var node = Find(Nodes, node => node.Id, "node", nodeId);
        Nodes[Nodes.IndexOf(node)] = node with { IsDraining = isDraining };
        return Task.FromResult(node with { IsDraining = isDraining });
    }

    public HostStatus GetStatus() => Failure is null ? Status : throw Failure;

    public Task<IReadOnlyList<ScriptInfo>> GetScriptsAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<ScriptInfo>>(Scripts);

    public Task<Page<ScriptInfo>> GetScriptsAsync(int limit, string? after, CancellationToken cancellationToken)
    {
        Query = new RunQuery { Limit = limit, After = after };
        return Task.FromResult(new Page<ScriptInfo>(Scripts, Next));
    }

    public Task<ScriptInfo> GetScriptAsync(string scriptId, CancellationToken cancellationToken) =>
        Task.FromResult(Find(Scripts, script => script.Id, "script", scriptId));

    public async Task<ScriptInfo> PauseScriptAsync(string scriptId, CancellationToken cancellationToken) =>
        await GetScriptAsync(scriptId, cancellationToken) with { State = ScriptState.Paused };

    public Task<ScriptInfo> ResumeScriptAsync(string scriptId, CancellationToken cancellationToken) => GetScriptAsync(scriptId, cancellationToken);

    public string? Allowed { get; private set; }

    public Task<ScriptInfo> AllowScriptAsync(string scriptId, CancellationToken cancellationToken) => GetScriptAsync(Allowed = scriptId, cancellationToken);

    public Task<HostStatus> LeaveSafeModeAsync(CancellationToken cancellationToken) => Task.FromResult(Status = Status with { SafeMode = false });

    public (string Script, string Schedule, ScheduleRequest Request)? Set { get; private set; }

    public async Task<IReadOnlyList<ScheduleInfo>> GetSchedulesAsync(string scriptId, CancellationToken cancellationToken) =>
        (await GetScriptAsync(scriptId, cancellationToken)).Schedules;

    public async Task<ScheduleInfo> SetScheduleAsync(string scriptId, string scheduleId, ScheduleRequest request, CancellationToken cancellationToken)
    {
        Set = (scriptId, scheduleId, request);
        return Failure is null ? (await GetSchedulesAsync(scriptId, cancellationToken))[0] : throw Failure;
    }

    public async Task<IReadOnlyList<ScheduleInfo>> ResetScheduleAsync(string scriptId, string scheduleId, CancellationToken cancellationToken)
    {
        var schedules = await GetSchedulesAsync(scriptId, cancellationToken);
        return schedules.Any(schedule => schedule.Id == scheduleId) ? schedules : throw new NotFoundException("override of a schedule", scheduleId);
    }

    public SchedulePreview PreviewSchedule(string? cron, string? timeZone, string? scriptId) =>
        Failure is null ? new SchedulePreview(cron!, timeZone ?? "UTC", [Examples.Noon], [$"for {scriptId}"]) : throw Failure;

    public string? Removed { get; private set; }

    public async Task<IReadOnlyList<StateValueInfo>> GetStateAsync(string scriptId, CancellationToken cancellationToken)
    {
        await GetScriptAsync(scriptId, cancellationToken);
        return [Examples.StateValue];
    }

    public Task RemoveStateAsync(string scriptId, string key, CancellationToken cancellationToken)
    {
        Removed = $"{scriptId} {key}";
        return Failure is null ? Task.CompletedTask : throw Failure;
    }

    public async Task<RunInfo> StartRunAsync(string scriptId, RunRequest request, CancellationToken cancellationToken)
    {
        await GetScriptAsync(scriptId, cancellationToken);
        Request = request;
        return Failure is null ? Examples.Run(state: RunState.Queued) : throw Failure;
    }

    public RerunRequest? Rerun { get; private set; }

    public async Task<RunInfo> RerunAsync(string runId, RerunRequest request, CancellationToken cancellationToken)
    {
        Rerun = request;
        return await GetRunAsync(runId, cancellationToken) with { Id = "run2", RerunOf = runId, State = RunState.Queued };
    }

    public async Task<RunInfo> WaitForRunAsync(string runId, TimeSpan limit, CancellationToken cancellationToken)
    {
        await WaitAsync(limit, cancellationToken);
        return await GetRunAsync(runId, cancellationToken);
    }

    public Task<RunInfo> CancelRunAsync(string runId, CancellationToken cancellationToken) => GetRunAsync(runId, cancellationToken);

    public Task<Page<RunInfo>> GetRunsAsync(RunQuery query, CancellationToken cancellationToken)
    {
        Query = query;
        var asked = Runs.Where(run => (query.Script is null || run.Script == query.Script) && (query.State is null || run.State == query.State));
        return Task.FromResult(new Page<RunInfo>([.. asked], Next));
    }

    public OccurrenceQuery? Occurrences { get; private set; }

    public Task<Page<OccurrenceInfo>> GetOccurrencesAsync(OccurrenceQuery query, CancellationToken cancellationToken)
    {
        Occurrences = query;
        return Task.FromResult(new Page<OccurrenceInfo>(OccurrenceItems, Next));
    }

    public (string Script, DateOnly From, string? TimeZone)? Calendar { get; private set; }

    public Task<IReadOnlyList<OccurrenceDay>> GetCalendarAsync(string scriptId, DateOnly from, string? timeZone, CancellationToken cancellationToken)
    {
        Calendar = (scriptId, from, timeZone);
        return Failure is null
            ? Task.FromResult<IReadOnlyList<OccurrenceDay>>([new OccurrenceDay(from, new Dictionary<OccurrenceOutcome, long> { [OccurrenceOutcome.SkippedOverlap] = 2 })])
            : throw Failure;
    }

    public Task<RunInfo> GetRunAsync(string runId, CancellationToken cancellationToken) => Task.FromResult(Find(Runs, run => run.Id, "run", runId));

    public async IAsyncEnumerable<RunLogLine> ReadLogAsync(string runId, long after, bool follow, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        LogAfter = after;
        await foreach (var line in Log.Reader.ReadAllAsync(cancellationToken))
        {
            yield return line;
        }
    }

    public IReadOnlyList<PluginInfo> GetPlugins() => Plugins;

    public PluginInfo GetPlugin(string pluginId) => Find(Plugins, plugin => plugin.Id, "plugin", pluginId);

    public IReadOnlyList<PluginVersionInfo> GetVersions(string pluginId) => [Examples.Version with { Version = GetPlugin(pluginId).Live!.Version }];

    public List<SourceText> Source { get; } = [new("plugins/Reports/Daily.cs", "// <b>one</b>\nline 2\nline 3", null), new("plugins/Reports/logo.png", null, "It is no text.")];

    public List<FileChange> Changes { get; } = [new("plugins/Reports/Daily.cs", FileChangeKind.Changed, 1, 1, "diff --git a/x b/x\n@@ -1 +1 @@\n-// old\n+// <b>one</b>\n", null)];

    public (string Source, string Commit, IReadOnlyList<string> Paths)? Read { get; private set; }

    public Dictionary<BuildLogKind, string> BuildLogs { get; } = new() { [BuildLogKind.Text] = "Daily.cs(1,1): warning PH0001: no", [BuildLogKind.Binary] = "binary" };

    public Task<IReadOnlyList<SourceText>> GetSourceAsync(string pluginId, string version, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<SourceText>>(GetPlugin(pluginId).Live!.Version == version ? Source : throw new NotFoundException("version", version));

    public Task<VersionChanges> CompareVersionsAsync(string pluginId, string version, string? against, CancellationToken cancellationToken) =>
        Task.FromResult(new VersionChanges(GetPlugin(pluginId).Live!.Version == version ? version : throw new NotFoundException("version", version), against ?? "before", Changes, null));

    public Task<IReadOnlyList<SourceText>> ReadFilesAsync(string sourceName, string commit, IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        Read = (sourceName, commit, paths);
        return Failure is null ? Task.FromResult<IReadOnlyList<SourceText>>([.. Source.Where(file => paths.Contains(file.Path))]) : throw Failure;
    }

    public async Task<IReadOnlyList<BuildLogInfo>> GetBuildLogsAsync(string deploymentId, CancellationToken cancellationToken)
    {
        await GetDeploymentAsync(deploymentId, cancellationToken);
        return [.. BuildLogs.Select(log => new BuildLogInfo(log.Key, log.Value.Length))];
    }

    public async Task<Stream> OpenBuildLogAsync(string deploymentId, BuildLogKind kind, CancellationToken cancellationToken)
    {
        await GetDeploymentAsync(deploymentId, cancellationToken);
        return BuildLogs.TryGetValue(kind, out var log) ? new MemoryStream(System.Text.Encoding.UTF8.GetBytes(log)) : throw new NotFoundException("build log of deployment", deploymentId);
    }

    public string? RolledBack { get; private set; }

    public Task<PluginInfo> RollBackAsync(string pluginId, string? version, string? requestedBy, CancellationToken cancellationToken)
    {
        RolledBack = $"{pluginId} {version ?? "before"}";
        return Failure is null ? Task.FromResult(GetPlugin(pluginId)) : throw Failure;
    }

    public Task<PluginInfo> UnpinAsync(string pluginId, CancellationToken cancellationToken)
    {
        RolledBack = null;
        return Task.FromResult(GetPlugin(pluginId) with { Pin = null });
    }

    public Task<LeakExplanation> ExplainLeakAsync(string pluginId, string version, CancellationToken cancellationToken) =>
        Failure is null ? Task.FromResult(Examples.Leak with { Plugin = GetPlugin(pluginId).Id, Version = version }) : throw Failure;

    public Task<Page<DeploymentInfo>> GetDeploymentsAsync(int limit, string? after, CancellationToken cancellationToken)
    {
        Query = new RunQuery { Limit = limit, After = after };
        return Task.FromResult(new Page<DeploymentInfo>(Deployments, Next));
    }

    public Task<DeploymentInfo> GetDeploymentAsync(string deploymentId, CancellationToken cancellationToken) =>
        Task.FromResult(Find(Deployments, deployment => deployment.Id, "deployment", deploymentId));

    public async Task<DeploymentInfo> SyncAsync(string sourceName, TimeSpan limit, string? accept, CancellationToken cancellationToken)
    {
        Accepted = accept;
        await WaitAsync(limit, cancellationToken);
        return Failure is null ? Deployments[0] : throw Failure;
    }

    public string? Accepted { get; private set; }

    public List<string> Hints { get; } = [];

    public void HintSource(string sourceName) => Hints.Add(sourceName);

    public long Revision { get; set; }

    public async IAsyncEnumerable<HostEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Watched.TrySetResult();
        await foreach (var change in Events.Reader.ReadAllAsync(cancellationToken))
        {
            yield return change;
        }
    }

    public void WriteLog(params string[] lines)
    {
        for (var i = 0; i < lines.Length; i++)
        {
            Log.Writer.TryWrite(new RunLogLine(i + 1, lines[i]));
        }
    }

    private async Task WaitAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        Limit = limit;
        Waited.TrySetResult();
        if (WaitsForever)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        }
    }

    private static T Find<T>(List<T> items, Func<T, string> id, string kind, string wanted) =>
        items.Find(item => id(item).Equals(wanted, StringComparison.OrdinalIgnoreCase)) ?? throw new NotFoundException(kind, wanted);
}
