using System.Globalization;

namespace PluginHost.Benchmarks.Lateness;

/// <summary>How long after its time a job begins, and what a schedule costs: each contestant in a process of its own, one after the other.</summary>
internal static class LatenessBenchmark
{
    /// <summary>How many jobs may be under way at once, for each of them.</summary>
    public const int Workers = 64;

    private static readonly Load[] Loads = [new(100, false), new(1_000, false), new(10_000, false), new(100_000, true)];

    private static readonly Dictionary<string, Func<IContestant>> Contestants = new()
    {
        ["PluginHost, with history"] = () => new PluginHostContestant(),
        ["Quartz.NET, in memory"] = () => new QuartzContestant(batch: 1),
        ["Quartz.NET, in memory, batches"] = () => new QuartzContestant(batch: Workers),
        ["Hangfire, in memory, polls 15 s"] = () => new HangfireContestant(TimeSpan.FromSeconds(15)),
        ["Hangfire, in memory, polls 100 ms"] = () => new HangfireContestant(TimeSpan.FromMilliseconds(100)),
        ["Coravel"] = () => new CoravelContestant(),
    };

    // PLUGINHOST_BENCH_SECONDS and PLUGINHOST_BENCH_SIZES cut it short.
    private static TimeSpan Window => TimeSpan.FromSeconds(int.TryParse(Environment.GetEnvironmentVariable("PLUGINHOST_BENCH_SECONDS"), CultureInfo.InvariantCulture, out var seconds) ? seconds : 60);

    public static async Task RunAsync()
    {
        var sizes = Environment.GetEnvironmentVariable("PLUGINHOST_BENCH_SIZES")?.Split(',').Select(size => int.Parse(size, CultureInfo.InvariantCulture)).ToList();
        foreach (var load in Loads.Where(load => sizes?.Contains(load.Count) ?? true))
        {
            Console.WriteLine();
            Console.WriteLine($"lateness: {load}, {Workers} at once, {Window.TotalSeconds:F0} s; missed is what has not begun {Measurement.Grace.TotalSeconds:F0} s later");
            Console.WriteLine($"{"",-36}{"p50 ms",9}{"p99",9}{"max",9}{"early",7}{"due",9}{"fired",9}{"missed",9}{"doubled",9}{"CPU s",8}{"KB each",9}{"ours / it",11}");
            double? ours = null;

            // Coravel cannot be told a second of the minute.
            foreach (var name in Contestants.Keys.Where(name => !load.IsSpread || name != "Coravel"))
            {
                var (outcome, problem) = await ContestantProcess.RunAsync(name, load, Window);
                ours ??= outcome?.P99 ?? double.NaN;
                Console.WriteLine($"{name,-36}{(outcome is null ? $"  {problem}" : Row(outcome, ours.Value))}");
            }
        }
    }

    /// <summary>What the process of a contestant does.</summary>
    public static async Task TakePartAsync(string name, int count)
    {
        await using var contestant = Contestants[name]();
        ContestantProcess.Tell(await Measurement.TakeAsync(contestant, Loads.Single(load => load.Count == count), Window));
    }

    private static string Row(Outcome outcome, double ours) => string.Create(
        CultureInfo.InvariantCulture,
        $"{outcome.P50,9:F1}{outcome.P99,9:F1}{outcome.Max,9:F1}{outcome.Early,7}{outcome.Accounts.Expected,9}{outcome.Accounts.Fired,9}{outcome.Accounts.Missed,9}{outcome.Accounts.Doubled,9}{outcome.CpuSeconds,8:F1}{outcome.BytesPerSchedule / 1024,9:F1}{ours / outcome.P99,11:F2}");
}
