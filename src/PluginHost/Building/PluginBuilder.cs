using System.Collections.Concurrent;
using PluginHost.Hosting;
using PluginHost.Planning;

namespace PluginHost.Building;

/// <summary>Builds the affected plugins of a commit in one batch.</summary>
internal sealed class PluginBuilder(
    DataDirectory data, DotnetSdk sdk, DotnetBuild build, BuildCommand command, BuildServers servers, BuildStandby standby, HostActivities activities)
{
    // Builds that run beside each other share one build server badly: the second falls back to a slow way.
    private readonly SemaphoreSlim _oneAtATime = new(1);
    private readonly ConcurrentDictionary<string, Workspace> _workspaces = new(StringComparer.OrdinalIgnoreCase);

    private ChangePlan? _last;

    /// <summary>Builds what the plan says. Where a pipeline has done that before, there is nothing left to do.</summary>
    public async Task<BuildReport> BuildAsync(ChangePlan plan, CancellationToken cancellationToken)
    {
        if (plan.ToBuild.Count == 0)
        {
            return BuildReport.Nothing;
        }

        if (plan.Snapshot.Drops is not null)
        {
            return DroppedBuilds.Take(plan);
        }

        if (sdk.FindMissing(plan.Environment) is { } missing)
        {
            // Not tried: dotnet would end with a number.
            return Refuse(plan, plan.ToBuild, ProblemStage.Build, plugin => missing.Explain(plugin.PluginId, plan.Snapshot.Commit));
        }

        var report = await BuildAsync(plan, plan.ToBuild is [var one] ? $"Building {one.PluginId}" : $"Building {plan.ToBuild.Count} plugins", cancellationToken);
        _last = plan;
        return report;
    }

    /// <summary>Builds a tiny plugin, so that the servers have started and know their work when a commit comes.</summary>
    public Task WarmUpAsync(CancellationToken cancellationToken) => command.IsPrefixed ? Task.CompletedTask : BuildAsync(WarmUp.Plan(), "Warming up the build servers", cancellationToken);

    /// <summary>Makes ready for the next commit, which most likely comes from where the last one came.</summary>
    public async Task MakeReadyAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _last, null) is not { } last)
        {
            return;
        }

        var workspace = WorkspaceOf(last.Snapshot.Source);
        await TidyUpAsync(workspace, cancellationToken);
        standby.Prepare(workspace.Root, last.Environment);
    }

    private async Task TidyUpAsync(Workspace workspace, CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            if (servers.AreTooLarge())
            {
                servers.End();
            }

            workspace.TidyUp();
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    private async Task<BuildReport> BuildAsync(ChangePlan plan, string what, CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            using var activity = activities.Begin("build", what);
            return await BuildAsync(WorkspaceOf(plan.Snapshot.Source), plan, cancellationToken);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    private async Task<BuildReport> BuildAsync(Workspace workspace, ChangePlan plan, CancellationToken cancellationToken)
    {
        workspace.MoveTo(plan.Snapshot);
        var refused = plan.ToBuild.Where(plugin => build.IsLocked && plan.Snapshot.Source != WarmUp.Source && LockFile.Find(plan.Snapshot.Tree, plugin.Project) is null).ToList();
        var planned = plan.ToBuild.Except(refused).ToList();
        var report = planned.Count == 0 ? BuildReport.Nothing : await BuildAsync(workspace, plan, planned, cancellationToken);
        return report.And(Refuse(plan, refused, ProblemStage.Restore, plugin => LockFile.Missing(plugin, plan.Snapshot.Commit)));
    }

    private async Task<BuildReport> BuildAsync(Workspace workspace, ChangePlan plan, IReadOnlyList<PlannedPlugin> planned, CancellationToken cancellationToken)
    {
        var toRestore = planned.Where(plugin => !workspace.Packages.AreInPlace(plugin.Project, plan)).ToList();
        var report = await BuildAsync(workspace, plan, planned, toRestore, oneByOne: false, cancellationToken);

        // The packages may have been taken away, or the build server may have died: neither is the commit's fault.
        // And where one plugin breaks the restore of all, the others get theirs by themselves.
        var again = planned.Where(plugin => SecondTry.MayHeal(report.Plugins[plugin.PluginId], restored: toRestore.Contains(plugin))).ToList();
        if (again.Count > 0)
        {
            var oneByOne = again.Exists(plugin => report.Plugins[plugin.PluginId].WasLeftOut);
            report = report.With(await BuildAsync(workspace, plan, again, again, oneByOne, cancellationToken));
        }

        workspace.Packages.Remember(report);
        return report;
    }

    private async Task<BuildReport> BuildAsync(
        Workspace workspace, ChangePlan plan, IReadOnlyList<PlannedPlugin> planned, IReadOnlyList<PlannedPlugin> toRestore, bool oneByOne,
        CancellationToken cancellationToken)
    {
        var batch = new BuildBatch(workspace, plan);
        var exit = await build.RunAsync(batch, Files(workspace, planned), Files(workspace, toRestore), oneByOne, cancellationToken);
        servers.NoteUse();
        var report = new BuildReportReader(batch, plan, exit, build.Timeout).Read(planned);
        if (exit.TimedOut || report.Plugins.Values.Any(result => result.IsUnexplained))
        {
            // Whatever hangs or is broken in them would be there for the next build, too.
            servers.End();
        }

        return report;
    }

    private static BuildReport Refuse(ChangePlan plan, IEnumerable<PlannedPlugin> planned, ProblemStage stage, Func<PlannedPlugin, string> why) => new(planned.ToDictionary(
        plugin => plugin.PluginId,
        plugin => new BuildResult { Project = plugin.Project, Problem = new PluginProblem(stage, plan.Snapshot.Commit, why(plugin), []) },
        StringComparer.OrdinalIgnoreCase));

    private static List<string> Files(Workspace workspace, IReadOnlyList<PlannedPlugin> plugins) =>
        [.. plugins.Select(plugin => Path.Combine(workspace.Root, plugin.Project))];

    private Workspace WorkspaceOf(string source) => _workspaces.GetOrAdd(source, name => new Workspace(data, name, command.IsPrefixed));
}
