using System.Diagnostics;
using System.Globalization;
using PluginHost.TestInfra;

namespace PluginHost.Benchmarks.Dispatch;

/// <summary>How long from the request to the first line of the job, one after the other; and how many runs a second there can be, stored.</summary>
internal static class DispatchBenchmark
{
    /// <summary>How many ask at once, and how many jobs may be under way at once, for each of them.</summary>
    public const int Callers = 64;

    private const int WarmUp = 500;
    private const int Requests = 1000;

    // PLUGINHOST_BENCH_RUNS chooses another number.
    private static int Runs => int.TryParse(Environment.GetEnvironmentVariable("PLUGINHOST_BENCH_RUNS"), CultureInfo.InvariantCulture, out var runs) ? runs : 20_000;

    public static async Task RunAsync()
    {
        Console.WriteLine();
        Console.WriteLine($"dispatch: request to first line, {Requests} one after the other");
        Console.WriteLine($"{"",-36}{"p50 ms",9}{"p99",9}{"max",9}");
        foreach (var dispatcher in (IDispatcher[])[new PluginHostDispatcher(byApi: true), new PluginHostDispatcher(byApi: false), new QuartzDispatcher(isDurable: false), new HangfireDispatcher()])
        {
            await using var _ = dispatcher;
            var samples = await OneByOneAsync(dispatcher);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{samples.Name,-36}{samples.Median,9:F2}{samples.Quantile(0.99),9:F2}{samples.Quantile(1),9:F2}"));
        }

        Console.WriteLine();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"dispatch: {Runs:N0} runs by {Callers} callers, until all have ended and are stored"));
        Console.WriteLine($"{"",-36}{"runs",9}{"runs/s",9}{"ours / it",11}");
        double? ours = null;
        foreach (var dispatcher in Durable())
        {
            await using var _ = dispatcher;

            // So much slower are the others that a tenth takes them as long.
            var runs = ours is null ? Runs : Runs / 10;
            var perSecond = await ManyAsync(dispatcher, runs);
            ours ??= perSecond;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{dispatcher.Name,-36}{runs,9}{perSecond,9:F0}{ours / perSecond,11:F1}"));
        }
    }

    /// <summary>
    /// Those that store their runs, ours first, each made when it is its turn. Only ours waits for the ends of the last
    /// runs to be stored: what the others do after a job is over is in their favour.
    /// </summary>
    private static IEnumerable<IDispatcher> Durable()
    {
        yield return new PluginHostDispatcher(byApi: false);
        yield return new QuartzDispatcher(isDurable: true);
        if (PostgresServer.Start() is { } postgres)
        {
            yield return new HangfireDispatcher(postgres);
        }
        else
        {
            Console.WriteLine("PostgreSQL is not installed (Debian: postgresql), so Hangfire does not take part.");
        }
    }

    private static async Task<Samples> OneByOneAsync(IDispatcher dispatcher)
    {
        var samples = new Samples(dispatcher.Name);
        var began = new SemaphoreSlim(0);
        var at = 0L;
        await dispatcher.StartAsync(() =>
        {
            at = Stopwatch.GetTimestamp();
            began.Release();
        });
        for (var request = 0; request < WarmUp + Requests; request++)
        {
            var asked = Stopwatch.GetTimestamp();
            await dispatcher.DispatchAsync();
            await began.WaitAsync();
            if (request >= WarmUp)
            {
                samples.Add(Stopwatch.GetElapsedTime(asked, at));
            }
        }

        return samples;
    }

    private static async Task<double> ManyAsync(IDispatcher dispatcher, int runs)
    {
        await dispatcher.StartAsync(() => { });
        await AskAsync(dispatcher, WarmUp);
        var watch = Stopwatch.StartNew();
        await AskAsync(dispatcher, runs);
        return runs / watch.Elapsed.TotalSeconds;
    }

    private static async Task AskAsync(IDispatcher dispatcher, int runs)
    {
        var left = runs;
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                await dispatcher.DispatchAsync();
            }
        })));
        await dispatcher.UntilIdleAsync();
    }
}
