using System.Diagnostics;
using System.Globalization;
using PluginHost.Benchmarks.Live;
using PluginHost.TestInfra;

namespace PluginHost.Benchmarks.Scale;

/// <summary>What a commit costs in a repository of 1, 10, 100 and 1000 plugins.</summary>
internal static class ScaleBenchmark
{
    // Fresh build servers reach their full speed after some builds, the smaller the more.
    private const int WarmUps = 12;
    private const int Rounds = 11;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    public static async Task RunAsync()
    {
        var edits = new List<Samples>();
        var firstBuilds = new Dictionary<int, Samples>();
        foreach (var size in Sizes())
        {
            var first = new Samples($"PluginHost: first build of {size}, its start included");
            edits.Add(await RunAsync(size, first));
            firstBuilds[size] = first;
        }

        if (firstBuilds.TryGetValue(100, out var hundred))
        {
            Report.Print("scale: the first build of a hundred plugins", [hundred, await BuildOneByOneAsync(100)]);
        }

        Report.Print("scale: one changed plugin among so many", edits);
    }

    // A thousand plugins take minutes to build; PLUGINHOST_BENCH_SIZES chooses others, such as 1,100.
    public static IEnumerable<int> Sizes() =>
        (Environment.GetEnvironmentVariable("PLUGINHOST_BENCH_SIZES") ?? "1,10,100,1000").Split(',').Select(size => int.Parse(size, CultureInfo.InvariantCulture));

    /// <summary>What it takes without a host: ten projects are built, each by a command of its own, and stand for the others.</summary>
    private static async Task<Samples> BuildOneByOneAsync(int count)
    {
        const int Built = 10;
        using var directory = new TestDirectory();
        await using var host = await PluginHostContestant.StartAsync(directory.Combine("host"));
        var projects = Enumerable.Range(0, Built + 1)
            .Select(number => DotnetBuildContestant.Stock(directory.Combine($"project{number}"), PluginHostContestant.ContractOf(directory.Combine("host"))))
            .ToList();
        var total = TimeSpan.Zero;
        foreach (var project in projects)
        {
            // The first one starts the compiler server for all.
            var time = await project.MeasureAsync(1);
            total += project == projects[0] ? TimeSpan.Zero : time;
        }

        foreach (var project in projects)
        {
            await project.DisposeAsync();
        }

        var samples = new Samples($"{count} times dotnet build ({Built} measured)");
        samples.Add(total * count / Built);
        return samples;
    }

    private static async Task<Samples> RunAsync(int size, Samples first)
    {
        using var directory = new TestDirectory();
        var repository = new ScaleRepository(directory.Combine("repository"), size);
        var data = directory.Combine("data");
        var one = new Samples($"1 of {size}");

        var watch = Stopwatch.StartNew();
        await using (var host = await ReadyHost.StartAsync(repository.Path, data, poll: "1h"))
        {
            first.Add(watch.Elapsed);
            for (var round = 0; round < WarmUps + Rounds; round++)
            {
                // Nobody commits twice within half a second.
                await Task.Delay(Pause);
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
