using Microsoft.Extensions.Logging;
using PluginHost.History;
using PluginHost.Planning;
using PluginHost.Scheduling;
using PluginHost.Swapping;

namespace PluginHost.Pipeline;

/// <summary>Makes the loaded candidates live in one step, and lets what they replace drain.</summary>
internal sealed partial class PluginSwapper(
    LiveRegistry live,
    LivePluginStore store,
    DrainingVersions draining,
    DrainLimit drainLimit,
    StoredScheduleCheck schedules,
    ScheduleGate gate,
    TimeProvider time,
    ILogger<PluginSwapper> logger)
{
    public Task<IReadOnlyList<Candidate>> SwapAsync(ChangePlan plan, IReadOnlyList<Candidate> candidates, CancellationToken cancellationToken) =>
        gate.PassAsync(() => CheckAndSwapAsync(plan, candidates, cancellationToken), cancellationToken);

    private async Task<IReadOnlyList<Candidate>> CheckAndSwapAsync(ChangePlan plan, IReadOnlyList<Candidate> candidates, CancellationToken cancellationToken)
    {
        var settled = candidates.Select(candidate => candidate.Loaded is null ? candidate : WaitIfOccupied(CheckAgain(candidate))).ToList();
        var before = live.Current;
        var staying = before.Plugins.Values
            .Where(plugin => !plan.Removed.Contains(plugin.Id, StringComparer.OrdinalIgnoreCase))
            .ToDictionary(plugin => plugin.Id, StringComparer.OrdinalIgnoreCase);
        var swapped = Place(plan.Snapshot.Source, settled, staying);
        if (swapped.Count == 0 && plan.Removed.Count == 0)
        {
            return settled;
        }

        // First on disk, then in memory: a host that dies in between comes back with the new set.
        await store.SaveAsync([.. swapped.Select(plugin => LivePluginRow.Of(plugin))], plan.Removed, cancellationToken);
        var next = new LiveSnapshot(staying.Values);
        live.Swap(next);

        foreach (var replaced in before.Plugins.Values.Where(plugin => !next.Plugins.TryGetValue(plugin.Id, out var now) || now != plugin))
        {
            draining.Retire(replaced.Version);
            LogReplaced(replaced.Id, next.Plugins.GetValueOrDefault(replaced.Id)?.Version.Id ?? "none", replaced.Version.Id, replaced.Version.ActiveRuns);
        }

        foreach (var plugin in swapped.Where(plugin => !before.Plugins.ContainsKey(plugin.Id)))
        {
            LogNew(plugin.Id, plugin.Version.Id, plugin.Version.Scripts.Count);
        }

        return [.. settled.Select(candidate => WarnOfUnknown(candidate, next))];
    }

    /// <summary>Operators may have set something since it was loaded and checked.</summary>
    private Candidate CheckAgain(Candidate candidate)
    {
        var problems = schedules.Find(candidate.Loaded!.Scripts);
        if (problems.Count == 0)
        {
            return candidate;
        }

        draining.Track(candidate.Loaded!).Retire();
        var artifact = candidate.Artifact!;
        return candidate.Reject(new PluginProblem(
            problems[0].Stage,
            artifact.Commit,
            string.Join(" ", problems.Select(problem => problem.Message)),
            [.. problems.Select(problem => new Diagnostic(DiagnosticSeverity.Error, null, problem.Message, artifact.Project, null, null))])) with { Loaded = null };
    }

    /// <summary>What runs after a script that does not exist never runs.</summary>
    private static Candidate WarnOfUnknown(Candidate candidate, LiveSnapshot snapshot)
    {
        if (candidate is not { Outcome: PluginOutcomeKind.Built or PluginOutcomeKind.Reused, Outlook: { } outlook } || !snapshot.Plugins.TryGetValue(candidate.PluginId, out var plugin))
        {
            return candidate;
        }

        var warnings = ScriptChains.FindUnknown(plugin.Version, snapshot)
            .Select(unknown => new Diagnostic(
                DiagnosticSeverity.Warning, null, $"Script '{unknown.Script}' runs after '{unknown.After}', and there is no such script, so it will not run for that.", plugin.Version.Artifact.Project, null, null));
        return candidate with { Outlook = outlook with { Warnings = [.. outlook.Warnings, .. warnings] } };
    }

    /// <summary>Puts each candidate in its place in the coming snapshot, unless its scripts collide with what is there.</summary>
    private List<LivePlugin> Place(string source, List<Candidate> candidates, Dictionary<string, LivePlugin> staying)
    {
        var swapped = new List<LivePlugin>();
        for (var i = 0; i < candidates.Count; i++)
        {
            if (candidates[i] is not { Loaded: { } loaded, Outcome: null } candidate)
            {
                continue;
            }

            var version = draining.Track(loaded);
            var others = staying.Values.Where(plugin => !plugin.Id.Equals(candidate.PluginId, StringComparison.OrdinalIgnoreCase)).Select(plugin => plugin.Version).ToList();
            if ((ScriptCollisions.Find(loaded, others) ?? ScriptChains.FindRing(version, others)) is { } problem)
            {
                version.Retire();
                candidates[i] = candidate.Reject(problem) with { Loaded = null };
                continue;
            }

            var plugin = new LivePlugin(source, version, time.GetUtcNow());
            staying[plugin.Id] = plugin;
            swapped.Add(plugin);
            candidates[i] = candidate with
            {
                Loaded = null,
                Outcome = candidate.Planned.Action == PlanAction.Reuse ? PluginOutcomeKind.Reused : PluginOutcomeKind.Built,
            };
        }

        return swapped;
    }

    /// <summary>At most two versions of a plugin hold runs. A third waits until the oldest is done; its artifact is kept, so that it then goes live at once.</summary>
    private Candidate WaitIfOccupied(Candidate candidate)
    {
        if (candidate.Loaded is null || live.Current.Plugins.GetValueOrDefault(candidate.PluginId) is not { } plugin || draining.FindInTheWay(plugin.Version) is not { ActiveRuns: var runs } oldest)
        {
            return candidate;
        }

        draining.Track(candidate.Loaded).Retire();
        drainLimit.Start(oldest);
        return candidate.Leave($"{candidate.Reason}; it waits, because {runs} {(runs == 1 ? "run" : "runs")} of version {oldest.Id} must end before a third version takes its place") with { Loaded = null };
    }

    [LoggerMessage(EventId = 501, Level = LogLevel.Information, Message = "Plugin '{PluginId}' now runs version '{Version}' in place of '{Replaced}', which {RunningCount} runs finish on.")]
    private partial void LogReplaced(string pluginId, string version, string replaced, int runningCount);

    [LoggerMessage(EventId = 502, Level = LogLevel.Information, Message = "Plugin '{PluginId}' is live with version '{Version}' and {ScriptCount} scripts.")]
    private partial void LogNew(string pluginId, string version, int scriptCount);
}
