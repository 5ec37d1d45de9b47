using System.Diagnostics;
using PluginHost.TestInfra;

namespace PluginHost.Benchmarks.Clusters;

/// <summary>A contestant's nodes, over a PostgreSQL server of their own.</summary>
internal sealed class ContestantCluster : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly TestDirectory _directory = new();
    private ClusterLoad? _load;

    private ContestantCluster(PostgresServer postgres) => Postgres = postgres;

    public PostgresServer Postgres { get; }

    public IReadOnlyList<NodeProcess> Nodes { get; private set; } = [];

    /// <summary>The processor time of all nodes until now.</summary>
    public TimeSpan Processor => Nodes.Aggregate(TimeSpan.Zero, (sum, node) => sum + node.Processor);

    /// <returns>It, with all nodes at work.</returns>
    /// <param name="contestant">Whose.</param>
    /// <param name="nodes">How many nodes.</param>
    /// <param name="schedules">How many schedules.</param>
    /// <param name="cron">When each of them is due.</param>
    /// <param name="postgres">More options of the server.</param>
    public static async Task<ContestantCluster> StartAsync(string contestant, int nodes, int schedules, string cron, string postgres = "")
    {
        var cluster = new ContestantCluster(PostgresServer.Start(postgres) ?? throw new InvalidOperationException("PostgreSQL is not installed."));
        try
        {
            var repository = PluginHostNode.Write(cluster._directory.Combine("repository"), schedules, cron);

            cluster._load = new ClusterLoad(cluster.Postgres.ConnectionString, repository.Path, 0, schedules, cron);

            // One after the other: those of Hangfire are in each other's way while they make their tables.
            for (var number = 1; number <= nodes; number++)
            {
                cluster.Nodes = [.. cluster.Nodes, await NodeProcess.StartAsync(contestant, cluster._load with { Number = number })];
            }

            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Kills the node that came last, and answers when.</summary>
    public async Task<DateTime> KillLastAsync()
    {
        var killed = await Nodes[^1].KillAsync();
        await Nodes[^1].DisposeAsync();
        Nodes = [.. Nodes.SkipLast(1)];
        return killed;
    }

    /// <summary>Starts another node in its place.</summary>
    public async Task StartAnotherAsync(string contestant) => Nodes = [.. Nodes, await NodeProcess.StartAsync(contestant, _load! with { Number = Nodes.Count + 1 })];

    /// <summary>Asks all nodes for as many runs each, and waits until all have ended.</summary>
    public async Task RunAsync(int each)
    {
        var before = await RanAsync();
        await Task.WhenAll(Nodes.Select(node => node.AskAsync(each)));
        var watch = Stopwatch.StartNew();
        while (await RanAsync() < before + (each * Nodes.Count))
        {
            if (watch.Elapsed > Patience)
            {
                throw new TimeoutException($"Not all of {each * Nodes.Count} runs have begun within {Patience.TotalMinutes:F0} minutes.");
            }

            await Task.Delay(10);
        }

        await Task.WhenAll(Nodes.Select(node => node.SettleAsync()));
    }

    public async Task<IReadOnlyList<ClusterStart>> StartsAsync(DateTime from, DateTime to) => [.. (await Task.WhenAll(Nodes.Select(node => node.StartsAsync(from, to)))).SelectMany(starts => starts)];

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(Nodes.Select(node => node.DisposeAsync().AsTask()));
        Postgres.Dispose();
        _directory.Dispose();
    }

    private async Task<int> RanAsync() => (await Task.WhenAll(Nodes.Select(node => node.RanAsync()))).Sum();
}
