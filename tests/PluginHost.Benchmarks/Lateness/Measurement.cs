using System.Diagnostics;

namespace PluginHost.Benchmarks.Lateness;

/// <summary>How a contestant did, as its process tells it.</summary>
internal sealed record Outcome(double P50, double P99, double Max, int Early, long Expected, long Missed, long Doubled, double CpuSeconds, double HeapBytes, double ResidentBytes);

/// <summary>Lets a contestant run in this process, and takes its measure.</summary>
internal static class Measurement
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    public static async Task<Outcome> TakeAsync(IContestant contestant, Load load, TimeSpan window)
    {
        var recorder = new Recorder((int)(load.PerSecond * (window + WarmUp + Grace + WarmUp).TotalSeconds * 1.5) + 1000);
        await contestant.StartAsync(load, recorder);
        await Task.Delay(WarmUp);
        var heap = GC.GetTotalMemory(forceFullCollection: true);
        await Task.Delay(TimeSpan.FromSeconds(1));

        var from = DateTime.UtcNow;
        from = from.AddTicks(TimeSpan.TicksPerSecond - (from.Ticks % TimeSpan.TicksPerSecond));
        using var self = Process.GetCurrentProcess();
        var cpu = self.TotalProcessorTime;
        await Task.Delay(from + window - DateTime.UtcNow);
        self.Refresh();
        cpu = self.TotalProcessorTime - cpu;

        // What is still on its way.
        await Task.Delay(Grace);
        return Judge(recorder, load, from, window, cpu, heap, self.WorkingSet64);
    }

    private static Outcome Judge(Recorder recorder, Load load, DateTime from, TimeSpan window, TimeSpan cpu, long heap, long resident)
    {
        var late = new List<double>();
        var seen = new Dictionary<long, long>();
        foreach (var (_, nominal, ticks) in recorder.Starts)
        {
            if (nominal >= from.Ticks && nominal < (from + window).Ticks)
            {
                late.Add(ticks / (double)TimeSpan.TicksPerMillisecond);
                seen[nominal] = seen.GetValueOrDefault(nominal) + 1;
            }
        }

        var (expected, missed, doubled) = (0L, 0L, 0L);
        for (var second = from; second < from + window; second = second.AddSeconds(1))
        {
            var due = Enumerable.Range(0, load.IsSpread ? 60 : 1).Where(i => !load.IsSpread || i == second.Second).Sum(i => load.IsSpread ? (load.Count / 60) + (i < load.Count % 60 ? 1 : 0) : load.Count);
            var came = seen.GetValueOrDefault(second.Ticks);
            (expected, missed, doubled) = (expected + due, missed + Math.Max(0, due - came), doubled + Math.Max(0, came - due));
        }

        late.Sort();
        double At(double share) => late.Count == 0 ? double.NaN : late[(int)((late.Count - 1) * share)];
        return new Outcome(At(0.5), At(0.99), At(1), late.Count(value => value < 0), expected, missed, doubled, cpu.TotalSeconds, heap, resident);
    }
}
