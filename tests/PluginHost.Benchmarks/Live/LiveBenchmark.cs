using System.Globalization;
using PluginHost.TestInfra;

namespace PluginHost.Benchmarks.Live;

/// <summary>From a commit to running code, for one plugin, beside other ways to run C# or Go that was edited a moment ago.</summary>
internal static class LiveBenchmark
{
    private const int WarmUps = 8;
    private const int Rounds = 21;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    public static async Task RunAsync()
    {
        using var directory = new TestDirectory();
        var ours = await PluginHostContestant.StartAsync(directory.Combine("host"));
        var contract = PluginHostContestant.ContractOf(directory.Combine("host"));
        IContestant?[] all =
        [
            ours,
            DotnetBuildContestant.Stock(directory.Combine("stock"), contract),
            DotnetBuildContestant.Best(directory.Combine("best"), contract),
            GoPluginContestant.Create(directory.Combine("go")),
            await DotnetWatchContestant.StartAsync(directory.Combine("watch")),
        ];
        var contestants = all.OfType<IContestant>().ToList();
        var samples = contestants.ConvertAll(contestant => new Samples(contestant.Name));
        try
        {
            // In turn, so that what else the machine does meanwhile meets all of them; in another order each time, and
            // with a pause, so that what one of them goes on to do in the background does not always meet the same other.
            var order = new Random(1);
            for (var round = 0; round < WarmUps + Rounds; round++)
            {
                foreach (var i in Enumerable.Range(0, contestants.Count).OrderBy(_ => order.Next()).ToList())
                {
                    await Task.Delay(Pause);
                    var time = await contestants[i].MeasureAsync(round + 1);
                    if (round >= WarmUps)
                    {
                        samples[i].Add(time);
                    }
                }
            }
        }
        finally
        {
            foreach (var contestant in contestants)
            {
                await contestant.DisposeAsync();
            }
        }

        Report.Print(string.Create(CultureInfo.InvariantCulture, $"live: one plugin, one edited line, {Rounds} rounds"), samples);
        Console.WriteLine(ours.Stages());
    }
}
