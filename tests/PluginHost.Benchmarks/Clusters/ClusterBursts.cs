namespace PluginHost.Benchmarks.Clusters;

/// <summary>Takes down how the schedules of a cluster begin that are all due at once, and again some seconds later.</summary>
internal static class ClusterBursts
{
    /// <summary>A thousand schedules are set up one after the other before they all take part.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <returns>What began of the bursts. What had not begun a whole period after its time is not in it.</returns>
    public static async Task<IReadOnlyList<ClusterStart>> TakeAsync(ContestantCluster cluster, int schedules, int bursts)
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

        var from = NextBurst();
        await UntilAsync(from + (ClusterLoad.Period * bursts));
        return await cluster.StartsAsync(from, from + (ClusterLoad.Period * bursts));
    }

    private static DateTime NextBurst()
    {
        var now = DateTime.UtcNow;
        return now.AddTicks(ClusterLoad.Period.Ticks - (now.Ticks % ClusterLoad.Period.Ticks));
    }

    // A little before the next burst, so that asking for what has begun is not in its way.
    private static Task UntilAsync(DateTime end) => Task.Delay(end - TimeSpan.FromSeconds(1) - DateTime.UtcNow);
}
