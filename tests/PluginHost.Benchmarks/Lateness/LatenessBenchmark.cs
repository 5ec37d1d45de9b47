using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

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
        ["Quartz.NET, in memory"] = () => new QuartzContestant(),
        ["Hangfire, in memory, polls 15 s"] = () => new HangfireContestant(TimeSpan.FromSeconds(15)),
        ["Hangfire, in memory, polls 100 ms"] = () => new HangfireContestant(TimeSpan.FromMilliseconds(100)),
        ["Coravel"] = () => new CoravelContestant(),
    };

    // Where nothing began, there is no quantile.
    private static readonly JsonSerializerOptions Json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    // PLUGINHOST_BENCH_SECONDS and PLUGINHOST_BENCH_SIZES cut it short.
    private static TimeSpan Window => TimeSpan.FromSeconds(int.TryParse(Environment.GetEnvironmentVariable("PLUGINHOST_BENCH_SECONDS"), CultureInfo.InvariantCulture, out var seconds) ? seconds : 30);

    public static async Task RunAsync()
    {
        var sizes = Environment.GetEnvironmentVariable("PLUGINHOST_BENCH_SIZES")?.Split(',').Select(size => int.Parse(size, CultureInfo.InvariantCulture)).ToList();
        foreach (var load in Loads.Where(load => sizes?.Contains(load.Count) ?? true))
        {
            Console.WriteLine();
            Console.WriteLine($"lateness: {load}, {Workers} at once, {Window.TotalSeconds:F0} s");
            Console.WriteLine($"{"",-36}{"p50 ms",9}{"p99",9}{"max",9}{"early",7}{"missed",9}{"doubled",9}{"CPU %",8}{"heap MiB",10}{"ours / it",11}");
            double? ours = null;
            foreach (var name in Contestants.Keys.Where(name => !load.IsSpread || name != "Coravel"))
            {
                var outcome = await InAProcessAsync(name, load);
                ours ??= outcome.P99;
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{name,-36}{outcome.P50,9:F1}{outcome.P99,9:F1}{outcome.Max,9:F1}{outcome.Early,7}{outcome.Missed,9}{outcome.Doubled,9}{100 * outcome.CpuSeconds / Window.TotalSeconds,8:F0}{outcome.HeapBytes / (1 << 20),10:F0}{ours / outcome.P99,11:F2}"));
            }
        }
    }

    /// <summary>What the process of a contestant does.</summary>
    public static async Task TakePartAsync(string name, int count)
    {
        await using var contestant = Contestants[name]();
        var outcome = await Measurement.TakeAsync(contestant, Loads.Single(load => load.Count == count), Window);
        Console.WriteLine(JsonSerializer.Serialize(outcome, Json));
    }

    private static async Task<Outcome> InAProcessAsync(string name, Load load)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, [typeof(LatenessBenchmark).Assembly.Location, "contestant", name, load.Count.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        string? last = null;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            last = line;
        }

        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? JsonSerializer.Deserialize<Outcome>(last!, Json)!
            : throw new InvalidOperationException($"{name} ended with {process.ExitCode}: {last}");
    }
}
