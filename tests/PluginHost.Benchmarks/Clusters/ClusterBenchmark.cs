using System.Diagnostics;
using System.Globalization;
using PluginHost.TestInfra;

namespace PluginHost.Benchmarks.Clusters;

/// <summary>Several nodes over one PostgreSQL server, all on this machine: runs a second, how late jobs begin that are due at once, and what idle nodes ask of the database.</summary>
internal static class ClusterBenchmark
{
    public static readonly IReadOnlyDictionary<string, Func<IClusterNode>> Contestants = new Dictionary<string, Func<IClusterNode>>
    {
        ["PluginHost"] = () => new PluginHostNode(),
        ["Hangfire, PostgreSQL"] = () => new HangfireNode(),
    };

    private const int Most = 3;
    private const int WarmUp = 500;
    private const int Bursts = 4;

    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(30);

    // PLUGINHOST_BENCH_PARTS chooses some of the parts, PLUGINHOST_BENCH_RIVALS=0 leaves the rival out, and
    // PLUGINHOST_BENCH_RUNS and PLUGINHOST_BENCH_SIZES choose other numbers.
    private static string[] Parts => Environment.GetEnvironmentVariable("PLUGINHOST_BENCH_PARTS")?.Split(',') ?? ["runs", "bursts", "idle", "reach"];

    private static IEnumerable<string> Names => Contestants.Keys.Take(Environment.GetEnvironmentVariable("PLUGINHOST_BENCH_RIVALS") == "0" ? 1 : int.MaxValue);

    private static int Runs => int.TryParse(Environment.GetEnvironmentVariable("PLUGINHOST_BENCH_RUNS"), CultureInfo.InvariantCulture, out var runs) ? runs : 6_000;

    private static IEnumerable<int> Sizes => Environment.GetEnvironmentVariable("PLUGINHOST_BENCH_SIZES")?.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(size => int.Parse(size, CultureInfo.InvariantCulture)) ?? [100, 1_000];

    public static async Task RunAsync()
    {
        Console.WriteLine();
        if (!PostgresServer.IsInstalled)
        {
            Console.WriteLine("cluster: PostgreSQL is not installed (Debian: postgresql), so nothing is measured.");
            return;
        }

        Console.WriteLine($"cluster: {Machine.DescribeLoad()}");
        foreach (var part in Parts)
        {
            await (part switch
            {
                "runs" => PrintRunsAsync(),
                "bursts" => PrintBurstsAsync(),
                "idle" => PrintIdleAsync(),
                "reach" => ClusterReach.PrintAsync(),
                _ => throw new ArgumentException($"The benchmark of the cluster has no part '{part}'. There are: runs, bursts, idle, reach."),
            });
        }
    }

    private static async Task PrintRunsAsync()
    {
        Print($"cluster: {Runs:N0} runs, {ClusterLoad.Workers} callers and as many workers on each node, until all have ended; ours also until that is stored", $"{"runs/s",9}{"ours / it",11}", "nodes");
        for (var nodes = 1; nodes <= Most; nodes++)
        {
            double? ours = null;
            foreach (var contestant in Names)
            {
                await using var cluster = await ContestantCluster.StartAsync(contestant, nodes, 0, ClusterLoad.Never);
                await cluster.RunAsync(WarmUp / nodes);
                var watch = Stopwatch.StartNew();
                await cluster.RunAsync(Runs / nodes);
                var perSecond = Runs / watch.Elapsed.TotalSeconds;
                ours ??= perSecond;
                Print(contestant, nodes, $"{perSecond,9:F0}{ours / perSecond,11:F2}");
            }
        }
    }

    private static async Task PrintBurstsAsync()
    {
        foreach (var schedules in Sizes)
        {
            Print(
                $"cluster: {schedules:N0} schedules due in the same second, {Bursts} times, {ClusterLoad.Period.TotalSeconds:F0} s apart; for each due time, what the database was asked and the processor time of the nodes",
                $"{"p50 ms",9}{"p99",9}{"max",9}{"missed",9}{"doubled",9}{"statements",12}{"transactions",14}{"ms",7}{"ours / it",11}",
                "nodes");
            foreach (var nodes in (int[])[1, Most])
            {
                double? ours = null;
                foreach (var contestant in Names)
                {
                    await using var cluster = await ContestantCluster.StartAsync(contestant, nodes, schedules, ClusterLoad.EachPeriod, DatabaseLoad.ServerSettings);
                    var burst = await ClusterBursts.TakeAsync(cluster, schedules, Bursts);
                    var (late, due, single) = (burst.Starts.Select(start => start.LateMs).Order().ToList(), schedules * Bursts, burst.Starts.DistinctBy(start => (start.Schedule, start.Nominal)).Count());
                    double At(double share) => late.Count == 0 ? double.NaN : late[(int)((late.Count - 1) * share)];
                    ours ??= At(0.5);
                    var (statements, transactions, processor) = ((double)burst.Asked.Statements / due, (double)burst.Asked.Transactions / due, burst.Processor.TotalMilliseconds / due);
                    Print(contestant, nodes, $"{At(0.5),9:F0}{At(0.99),9:F0}{At(1),9:F0}{due - single,9}{late.Count - single,9}{statements,12:F1}{transactions,14:F2}{processor,7:F1}{ours / At(0.5),11:F2}");
                }
            }
        }
    }

    private static async Task PrintIdleAsync()
    {
        const int Schedules = 100;
        Print($"cluster: what nodes with {Schedules} schedules and nothing to do ask of the database, {IdleTime.TotalSeconds:F0} s", $"{"statements/s",14}{"transactions/s",16}{"ours / it",11}", "nodes");
        foreach (var nodes in (int[])[1, Most])
        {
            double? ours = null;
            foreach (var contestant in Names)
            {
                await using var cluster = await ContestantCluster.StartAsync(contestant, nodes, Schedules, ClusterLoad.Never, DatabaseLoad.ServerSettings);
                var (statements, transactions) = await DatabaseLoad.MeasureAsync(cluster.Postgres.ConnectionString, IdleTime);
                ours ??= statements;
                Print(contestant, nodes, $"{statements,14:F1}{transactions,16:F1}{ours / statements,11:F2}");
            }
        }
    }

    internal static void Print(string title, FormattableString columns, string nodes)
    {
        Console.WriteLine();
        Console.WriteLine(title);
        Console.WriteLine($"{"",-28}{nodes,7}{columns.ToString(CultureInfo.InvariantCulture)}");
    }

    private static void Print(string contestant, int nodes, FormattableString figures) => Console.WriteLine($"{contestant,-28}{nodes,7}{figures.ToString(CultureInfo.InvariantCulture)}");
}
