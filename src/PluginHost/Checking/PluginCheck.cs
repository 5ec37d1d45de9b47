using PluginHost.Pipeline;
using PluginHost.Scripts;
using PluginHost.Sources;
using PluginHost.Swapping;

namespace PluginHost.Checking;

/// <summary>Does with a working tree what a host would do with it as a commit, in a host that never starts: nothing runs.</summary>
internal sealed class PluginCheck(DeploymentPipeline pipeline, PluginStates plugins, LiveRegistry live, TimeProvider time)
{
    private const int NextTimes = 3;
    private static readonly TimeSpan ComparedTime = TimeSpan.FromDays(7);

    /// <summary>Builds, loads and checks every plugin.</summary>
    /// <param name="tree">The files.</param>
    /// <param name="folder">The folder with the plugins in it.</param>
    /// <param name="reference">The commit to compare with; null for none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SourceException">The files or the commit cannot be read.</exception>
    public async Task<CheckReport> RunAsync(WorkingTree tree, string folder, string? reference, CancellationToken cancellationToken)
    {
        // Before anything is built, so that a mistyped name is told at once.
        var compared = reference is null ? null : tree.ReadCommit(reference);
        var now = time.GetUtcNow();
        var deployment = await DeployAsync(tree.Read(current: null), folder, cancellationToken);
        var schedules = Schedules();
        var report = new CheckReport(
            [.. deployment.Plugins.Select(Describe)],
            [.. Problems(deployment)],
            [.. deployment.Plugins.SelectMany(plugin => plugin.Warnings)],
            [.. schedules.SelectMany(script => script.Value, (script, schedule) => Describe(script.Key, schedule, now))],
            Changes: null);
        if (compared is null)
        {
            return report;
        }

        // What would be refused leaves the times as they are, and that is what they are in the other commit.
        var refused = report.Plugins.Where(plugin => !plugin.IsGood).Select(plugin => plugin.Plugin).ToHashSet(StringComparer.OrdinalIgnoreCase);
        await DeployAsync(compared, folder, cancellationToken);
        var before = Schedules();
        foreach (var script in live.Current.Scripts.Values.Where(script => refused.Contains(script.Plugin.Id)))
        {
            before.Remove(script.Descriptor.Id);
        }

        return report with { Changes = TimeComparison.Compare(before, schedules, now, now + ComparedTime) };
    }

    private async Task<DeploymentInfo> DeployAsync(SourceSnapshot snapshot, string folder, CancellationToken cancellationToken)
    {
        var deployment = await pipeline.DeployAsync(
            new DeploymentRequest(snapshot, folder, DeploymentTrigger.Manual, time.GetUtcNow(), TimeSpan.Zero), cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        return deployment;
    }

    /// <summary>The schedules by script. What stays live of an earlier commit because its plugin is refused now is none of this one.</summary>
    private SortedDictionary<string, IReadOnlyList<ScheduleDescriptor>> Schedules() => new(
        live.Current.Scripts.Values
            .Where(script => !plugins.HasProblem(script.Plugin.Id))
            .ToDictionary(script => script.Descriptor.Id, script => script.Descriptor.Schedules),
        StringComparer.OrdinalIgnoreCase);

    private IEnumerable<Diagnostic> Problems(DeploymentInfo deployment) =>
    [
        .. deployment.Error is { } error ? [new Diagnostic(DiagnosticSeverity.Error, null, error, null, null, null)] : Array.Empty<Diagnostic>(),
        .. plugins.All.Where(plugin => plugin.Problem is not null).SelectMany(plugin => plugin.Problem!.Diagnostics.Count > 0
            ? plugin.Problem.Diagnostics
            : [new Diagnostic(DiagnosticSeverity.Error, null, plugin.Problem.Message, plugin.Project, null, null)]).Distinct(),
    ];

    private CheckedPlugin Describe(PluginOutcome plugin) => new(
        plugin.Plugin,
        plugin.Outcome != PluginOutcomeKind.Rejected,
        [
            .. live.Current.Scripts.Values
                .Where(script => script.Plugin.Id.Equals(plugin.Plugin, StringComparison.OrdinalIgnoreCase))
                .Select(script => script.Descriptor.Id)
                .Order(StringComparer.OrdinalIgnoreCase),
        ]);

    private static CheckedSchedule Describe(string script, ScheduleDescriptor schedule, DateTimeOffset now) =>
        new(script, schedule.Cron, schedule.TimeZone.Id, [.. schedule.TimesFrom(schedule.NextAfter(now)).Take(NextTimes)]);
}
