using System.Diagnostics;

namespace PluginHost.Benchmarks.Clusters;

/// <summary>How long it takes from one node to another: to begin a run, to cancel it, and to run it again when its node is killed.</summary>
internal static class ClusterReach
{
    private const string Ours = "PluginHost";
    private const int Nodes = 3;
    private const int Asked = 200;
    private const int Cancelled = 50;
    private const int Killed = 6;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static async Task PrintAsync()
    {
        await using var cluster = await ContestantCluster.StartAsync(Ours, Nodes, 0, ClusterLoad.Never);
        ClusterBenchmark.Print($"cluster: {Nodes} nodes; asked on one, done on another", $"{"times",9}{"p50 ms",9}{"p99",9}{"max",9}", "");
        await BeginAsync(cluster, Asked / 10);
        Print("a run begins", await BeginAsync(cluster, Asked));
        Print("a run is told to stop", await CancelAsync(cluster));
        Print("its node killed, runs again", await RunAgainAsync(cluster));
    }

    private static async Task<List<double>> BeginAsync(ContestantCluster cluster, int times)
    {
        var took = new List<double>();
        for (var i = 0; i < times; i++)
        {
            var asked = await cluster.Nodes[0].StartRunAsync("A.Far");
            took.Add(Between(asked.Ticks, (await UntilAsync(cluster, asked.Run, "begun")).Mark.Ticks));
        }

        return took;
    }

    private static async Task<List<double>> CancelAsync(ContestantCluster cluster)
    {
        var took = new List<double>();
        for (var i = 0; i < Cancelled; i++)
        {
            var run = await cluster.Nodes[0].StartRunAsync("A.Long");
            await UntilAsync(cluster, run.Run, "begun");
            var asked = await cluster.Nodes[0].CancelAsync(run.Run);
            took.Add(Between(asked.Ticks, (await UntilAsync(cluster, run.Run, "cancelled")).Mark.Ticks));
        }

        return took;
    }

    private static async Task<List<double>> RunAgainAsync(ContestantCluster cluster)
    {
        var took = new List<double>();
        while (took.Count < Killed)
        {
            var run = await cluster.Nodes[0].StartRunAsync("A.Long");
            if ((await UntilAsync(cluster, run.Run, "begun")).Node < cluster.Nodes.Count - 1)
            {
                // It is the other one that is killed.
                await cluster.Nodes[0].CancelAsync(run.Run);
                await UntilAsync(cluster, run.Run, "cancelled");
                continue;
            }

            var killed = await cluster.KillLastAsync();
            var again = (await UntilAsync(cluster, null, "begun again")).Mark;
            took.Add(Between(killed.Ticks, again.Ticks));
            await cluster.Nodes[0].CancelAsync(again.Run);
            await UntilAsync(cluster, again.Run, "cancelled");
            await cluster.StartAnotherAsync(Ours);
        }

        return took;
    }

    /// <summary>Waits until a script says something, and takes when it did so by its own word.</summary>
    private static async Task<(ClusterMark Mark, int Node)> UntilAsync(ContestantCluster cluster, string? run, string what)
    {
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < Patience; await Task.Delay(20))
        {
            for (var node = 1; node < cluster.Nodes.Count; node++)
            {
                if ((await cluster.Nodes[node].MarksAsync()).FirstOrDefault(mark => mark.What == what && (run is null || mark.Run == run)) is { } mark)
                {
                    return (mark, node);
                }
            }
        }

        throw new TimeoutException($"Within {Patience}, run {run} was not '{what}'.");
    }

    private static double Between(long from, long to) => (to - from) / (double)TimeSpan.TicksPerMillisecond;

    private static void Print(string what, List<double> took)
    {
        took.Sort();
        double At(double share) => took[(int)((took.Count - 1) * share)];
        Console.WriteLine(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{what,-28}{"",7}{took.Count,9}{At(0.5),9:F0}{At(0.99),9:F0}{At(1),9:F0}"));
    }
}
