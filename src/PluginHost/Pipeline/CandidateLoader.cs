using PluginHost.Hosting;
using PluginHost.Loading;
using PluginHost.Scheduling;

namespace PluginHost.Pipeline;

/// <summary>Inspects, loads and checks the candidates, several at a time.</summary>
internal sealed class CandidateLoader(PluginLoading loading, LeakedVersions leaked, StoredScheduleCheck stored, ScheduleOutlooks outlooks, PlacementAdvice placement, HostActivities activities)
{
    /// <summary>Refuses what cannot work in this host by what its file says, without running any of it.</summary>
    public IReadOnlyList<Candidate> Inspect(IReadOnlyList<Candidate> candidates) =>
        [.. candidates.AsParallel().AsOrdered().Select(candidate => candidate.Outcome is null && loading.Inspect(candidate.Artifact!) is { } problem ? candidate.Reject(problem) : candidate)];

    public async Task<IReadOnlyList<Candidate>> LoadAsync(IReadOnlyList<Candidate> candidates, CancellationToken cancellationToken)
    {
        var loaded = candidates.ToArray();
        var open = Enumerable.Range(0, loaded.Length).Where(i => loaded[i].Outcome is null).ToList();
        if (open.Count == 0)
        {
            return loaded;
        }

        var done = 0;
        using var activity = activities.Begin("load", open.Count == 1 ? $"Loading {loaded[open[0]].PluginId}" : $"Loading {open.Count} plugins");
        await Parallel.ForEachAsync(open, cancellationToken, async (i, token) =>
        {
            if (leaked.Refusal(loaded[i].Artifact!) is { } full)
            {
                // Not for what is in it: the next commit is worth a try whatever it changes.
                loaded[i] = loaded[i].Reject(full) with { Inputs = null };
                return;
            }

            var result = await loading.LoadAsync(loaded[i].Artifact!, stored.Find, token);
            loaded[i] = result.Problem is { } problem
                ? loaded[i].Reject(problem)
                : loaded[i] with { Loaded = result.Plugin, Outlook = Warn(outlooks.Of(result.Plugin!), result.Plugin!) };
            activity.Report(Interlocked.Increment(ref done), open.Count);
        });
        return loaded;
    }

    private ScheduleOutlook Warn(ScheduleOutlook outlook, LoadedPlugin plugin) =>
        outlook with { Warnings = [.. outlook.Warnings, .. PinningCalls.Find(plugin.Artifact), .. placement.Of(plugin)] };
}
