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

    /// <summary>Puts the candidates in their places in the coming snapshot, and takes those out whose scripts collide with what is there.</summary>
    private List<LivePlugin> Place(string source, List<Candidate> candidates, Dictionary<string, LivePlugin> staying)
    {
        // All of them at first: what one plugin gives up another may take in the same commit, whatever their order.
        var before = new Dictionary<string, LivePlugin>(staying, StringComparer.OrdinalIgnoreCase);
        var placed = new List<LivePlugin>();
        foreach (var candidate in candidates.Where(candidate => candidate is { Loaded: not null, Outcome: null }))
        {
            var plugin = new LivePlugin(source, draining.Track(candidate.Loaded!), time.GetUtcNow());
            staying[plugin.Id] = plugin;
            placed.Add(plugin);
        }

        while (FindRefused(placed, before, staying) is (var refused, var problem))
        {
            refused.Version.Retire();
            placed.Remove(refused);
            staying.Remove(refused.Id);
            if (before.TryGetValue(refused.Id, out var kept))
            {
                staying[kept.Id] = kept;
            }

            Settle(candidates, refused.Id, candidate => candidate.Reject(problem));
        }

        foreach (var plugin in placed)
        {
            Settle(candidates, plugin.Id, candidate => candidate with
            {
                Outcome = candidate.Planned.Action == PlanAction.Reuse ? PluginOutcomeKind.Reused : PluginOutcomeKind.Built,
            });
        }

        return placed;
    }

    private static void Settle(List<Candidate> candidates, string pluginId, Func<Candidate, Candidate> settle)
    {
        var index = candidates.FindIndex(candidate => candidate.PluginId.Equals(pluginId, StringComparison.OrdinalIgnoreCase));
        candidates[index] = settle(candidates[index]) with { Loaded = null };
    }

    /// <summary>One of the new versions that cannot stand beside the others, and why; null when all can.</summary>
    private static (LivePlugin Plugin, PluginProblem Problem)? FindRefused(
        List<LivePlugin> placed, Dictionary<string, LivePlugin> before, Dictionary<string, LivePlugin> coming)
    {
        if (ScriptCollisions.Find(coming.Values.Select(plugin => plugin.Version)) is (var script, var pluginIds))
        {
            // Who has had the id keeps it; among those that are new to it, the first.
            var refused = placed.Where(plugin => pluginIds.Contains(plugin.Id))
                .OrderBy(plugin => before.GetValueOrDefault(plugin.Id) is { } old && old.Version.Scripts.Any(other => other.Id.Equals(script, StringComparison.OrdinalIgnoreCase)))
                .ThenByDescending(placed.IndexOf)
                .First();
            return (refused, ScriptCollisions.Explain(refused.Version, script, pluginIds.First(id => id != refused.Id)));
        }

        foreach (var plugin in Enumerable.Reverse(placed).Where(plugin => plugin.Version.Scripts.Any(candidate => candidate.RunAfter.Count > 0)))
        {
            if (ScriptChains.FindRing(plugin.Version, coming.Values.Where(other => other != plugin).Select(other => other.Version)) is { } ring)
            {
                return (plugin, ring);
            }
        }

        return null;
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

    [LoggerMessage(EventId = 501, Level = LogLevel.Information, Message = "Plugin '{PluginId}' now runs version '{Version}' in place of '{Replaced}'. Runs that finish on that: {RunningCount}.")]
    private partial void LogReplaced(string pluginId, string version, string replaced, int runningCount);

    [LoggerMessage(EventId = 502, Level = LogLevel.Information, Message = "Plugin '{PluginId}' is live with version '{Version}'. Scripts: {ScriptCount}.")]
    private partial void LogNew(string pluginId, string version, int scriptCount);
}
