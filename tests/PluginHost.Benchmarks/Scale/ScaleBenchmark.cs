using System.Diagnostics;
using System.Globalization;
using PluginHost.TestInfra;

namespace PluginHost.Benchmarks.Scale;

/// <summary>What a commit costs in a repository of 1, 10, 100 and 1000 plugins.</summary>
internal static class ScaleBenchmark
{
    private const int WarmUps = 2;
    private const int Rounds = 7;

    public static async Task RunAsync()
    {
        var edits = new List<Samples>();
        foreach (var size in Sizes())
        {
            edits.Add(await RunAsync(size));
        }

        Report.Print("scale: one changed plugin among so many", edits);
    }

    // A thousand plugins take many minutes to build once; PLUGINHOST_BENCH_MOST cuts the list.
    public static IEnumerable<int> Sizes()
    {
        var most = int.TryParse(Environment.GetEnvironmentVariable("PLUGINHOST_BENCH_MOST"), CultureInfo.InvariantCulture, out var limit) ? limit : 1000;
        return new[] { 1, 10, 100, 1000 }.Where(size => size <= most);
    }

    private static async Task<Samples> RunAsync(int size)
    {
        using var directory = new TestDirectory();
        var repository = new ScaleRepository(directory.Combine("repository"), size);
        var data = directory.Combine("data");
        var one = new Samples($"1 of {size}");

        var watch = Stopwatch.StartNew();
        await using (var host = await ReadyHost.StartAsync(repository.Path, data, poll: "1h"))
        {
            Tell(size, "first build, the host's start included", watch.Elapsed);
            for (var round = 0; round < WarmUps + Rounds; round++)
            {
                var time = await DeployAsync(host, repository.Edit(1));
                if (round >= WarmUps)
                {
                    one.Add(time);
                }
            }

            if (size >= 10)
            {
                Tell(size, "10 changed", await DeployAsync(host, repository.Edit(10)));
                Tell(size, "the shared library changed", await DeployAsync(host, repository.EditShared()));
                Tell(size, "all changed", await DeployAsync(host, repository.Edit(size)));
            }
        }

        watch.Restart();
        await using (var again = await ReadyHost.StartAsync(repository.Path, data, poll: "1h"))
        {
            Tell(size, "restart until ready", watch.Elapsed);
            var status = await again.GetAsync("api/v1/status");
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{size,6} plugins: working set after the restart {status["memory"]!["workingSetBytes"]!.GetValue<long>() / (1024.0 * 1024):F0} MiB"));
        }

        return one;
    }

    private static async Task<TimeSpan> DeployAsync(ReadyHost host, string commit)
    {
        var watch = Stopwatch.StartNew();
        var receipt = await host.SyncAsync(TimeSpan.FromMinutes(10));
        var time = watch.Elapsed;
        return receipt["commit"]?.ToString() == commit && receipt["state"]!.ToString() == "succeeded"
            ? time
            : throw new InvalidOperationException($"Commit {commit} is not live: {receipt.ToJsonString()}");
    }

    private static void Tell(int size, string what, TimeSpan time) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{size,6} plugins: {what} {time.TotalMilliseconds:F0} ms"));
}
