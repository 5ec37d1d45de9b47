using System.Globalization;
using System.Text.Json.Nodes;
using PluginHost.TestInfra;

namespace PluginHost.Benchmarks.Swap;

/// <summary>One plugin is swapped thousands of times while its scripts run: what stays behind, and which runs fail.</summary>
internal static class SwapBenchmark
{
    private const int Settled = 500;

    // PLUGINHOST_BENCH_SWAPS cuts the number.
    private static int Swaps => int.TryParse(Environment.GetEnvironmentVariable("PLUGINHOST_BENCH_SWAPS"), CultureInfo.InvariantCulture, out var swaps) ? swaps : 10_000;

    private const string LookInside = """
        for (var i = 0; i < 6; i++) { GC.Collect(); GC.WaitForPendingFinalizers(); }
        using var self = System.Diagnostics.Process.GetCurrentProcess();
        context.SetResult(new
        {
            versions = AppDomain.CurrentDomain.GetAssemblies().Count(assembly => assembly.IsCollectible && assembly.GetName().Name == "A"),
            residentBytes = self.WorkingSet64,
            handles = Directory.GetFiles("/proc/self/fd").Length,
            threads = self.Threads.Count,
        });
        """;

    public static async Task RunAsync()
    {
        using var directory = new TestDirectory();
        var repository = TestRepository.Create(directory.Combine("repository"));
        repository.AddPlugin("Look", LookInside).AddPlugin("A", Body(0)).Commit("First");
        await using var host = await ReadyHost.StartAsync(repository.Path, directory.Combine("data"), poll: "1h");
        var commits = new[] { repository.Head, repository.Write("plugins/A/Work.cs", PluginSource.Script(Body(1))).Commit("Second") };
        await host.SyncAsync();

        var swap = new Samples("load, swap, unload");
        using var stop = new CancellationTokenSource();
        var running = RunWithoutEndAsync(host, stop.Token);
        JsonNode? settled = null;
        for (var i = 1; i <= Swaps; i++)
        {
            // Both versions are built: each sync loads one and swaps it in.
            repository.Git("update-ref", "refs/heads/main", commits[(i + 1) % 2]);
            var receipt = await host.SyncAsync();
            if (receipt["state"]?.ToString() != "succeeded")
            {
                throw new InvalidOperationException($"Swap {i} did not come about: {receipt.ToJsonString()} {host.Output[^Math.Min(4000, host.Output.Length)..]}");
            }

            swap.Add(TimeSpan.FromMilliseconds(receipt["stages"]!.AsArray().Where(stage => stage!["name"]!.ToString() is "inspect" or "load" or "swap").Sum(stage => stage!["durationMs"]!.GetValue<long>())));
            if (i == Math.Min(Settled, Swaps / 10))
            {
                settled = await LookAsync(host);
            }
        }

        await stop.CancelAsync();
        var (succeeded, failed) = await running;
        var last = await LookAsync(host);
        Report.Print(string.Create(CultureInfo.InvariantCulture, $"swap: {Swaps} swaps while scripts run, the receipts' load and swap stages"), [swap]);
        Tell("versions in memory", "versions", 1);
        Tell("resident MiB", "residentBytes", 1024 * 1024);
        Tell("open files", "handles", 1);
        Tell("threads", "threads", 1);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  runs meanwhile: {succeeded} succeeded, {failed} did not"));

        void Tell(string what, string name, double unit) => Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {what}: {settled![name]!.GetValue<double>() / unit:F0} after {Math.Min(Settled, Swaps / 10)} swaps, {last[name]!.GetValue<double>() / unit:F0} after {Swaps} (x {last[name]!.GetValue<double>() / settled[name]!.GetValue<double>():F2})"));
    }

    private static string Body(int version) => $$"""
        await Task.Delay(2, cancellationToken);
        context.Logger.LogInformation("{Version}", {{version}});
        context.SetResult(new { version = {{version}} });
        """;

    private static async Task<JsonNode> LookAsync(ReadyHost host) => (await host.RunAsync("Look.Work"))["result"]!;

    private static async Task<(int Succeeded, int Failed)> RunWithoutEndAsync(ReadyHost host, CancellationToken cancellationToken)
    {
        var (succeeded, failed) = (0, 0);
        while (!cancellationToken.IsCancellationRequested)
        {
            var run = await host.RunAsync("A.Work");
            if (run["state"]?.ToString() == "succeeded")
            {
                succeeded++;
            }
            else
            {
                failed++;
                Console.WriteLine($"  {run.ToJsonString()}");
            }
        }

        return (succeeded, failed);
    }
}
