namespace PluginHost.Benchmarks.Clusters;

/// <summary>What began of the bursts, and what that cost.</summary>
/// <param name="Starts">What had not begun a whole period after its time is not among them.</param>
/// <param name="Asked">What the database was asked meanwhile.</param>
/// <param name="Processor">The processor time of the nodes meanwhile.</param>
internal sealed record ClusterBurst(IReadOnlyList<ClusterStart> Starts, DatabaseLoad Asked, TimeSpan Processor);

/// <summary>Takes down how the schedules of a cluster begin that are all due at once, and again some seconds later.</summary>
internal static class ClusterBursts
{
    /// <summary>A thousand schedules are set up one after the other before they all take part.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    public static async Task<ClusterBurst> TakeAsync(ContestantCluster cluster, int schedules, int bursts)
    {
        var burst = NextBurst();
        for (var limit = burst + Patience; burst < limit; burst += ClusterLoad.Period)
        {
            await UntilAsync(burst + ClusterLoad.Period);
            if ((await cluster.StartsAsync(burst, burst + ClusterLoad.Period)).DistinctBy(start => start.Schedule).Count() >= schedules)
            {
                break;
            }
        }

        var (from, asked, processor) = (NextBurst(), await DatabaseLoad.CountAsync(cluster.Postgres.ConnectionString), cluster.Processor);
        var to = from + (ClusterLoad.Period * bursts);
        await UntilAsync(to);
        processor = cluster.Processor - processor;
        return new(await cluster.StartsAsync(from, to), await DatabaseLoad.CountAsync(cluster.Postgres.ConnectionString) - asked, processor);
    }

    private static DateTime NextBurst()
    {
        var now = DateTime.UtcNow;
        return now.AddTicks(ClusterLoad.Period.Ticks - (now.Ticks % ClusterLoad.Period.Ticks));
    }

    // A little before the next burst and what is done for it beforehand, so that asking for what has begun is not in its way.
    private static Task UntilAsync(DateTime end) => Task.Delay(end - TimeSpan.FromSeconds(4) - DateTime.UtcNow);
}
