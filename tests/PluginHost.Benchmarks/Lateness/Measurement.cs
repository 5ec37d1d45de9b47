using System.Diagnostics;

namespace PluginHost.Benchmarks.Lateness;

/// <summary>Lets a contestant run in this process, and takes its measure.</summary>
internal static class Measurement
{
    /// <summary>How long after the window a job may begin; what has not begun by then counts as missed.</summary>
    /// <remarks>Longer than the longest poll, so that what a slow one does late counts as late.</remarks>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(17);

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(10);

    public static async Task<Outcome> TakeAsync(IContestant contestant, Load load, TimeSpan window)
    {
        // Before the contestant, so that it is none of what the contestant keeps. It holds half as much again as is due,
        // for what is doubled and for what is fired while the schedules are still being set up.
        var recorder = new Recorder((int)(load.PerSecond * (window + WarmUp + Grace + WarmUp).TotalSeconds * 1.5) + 1000);
        var empty = GC.GetTotalMemory(forceFullCollection: true);
        await contestant.StartAsync(load, recorder);
        await Task.Delay(WarmUp);
        var heap = GC.GetTotalMemory(forceFullCollection: true) - empty;
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
        return recorder.IsFull
            ? throw new InvalidOperationException($"More than {recorder.Count} jobs began, half as many again as were due.")
            : Judge(recorder, load, from, window, cpu, (double)heap / load.Count);
    }

    private static Outcome Judge(Recorder recorder, Load load, DateTime from, TimeSpan window, TimeSpan cpu, double bytesPerSchedule)
    {
        var late = new List<double>();
        var starts = new Dictionary<(int Group, long Nominal), int>();
        foreach (var (group, nominal, ticks) in recorder.Starts)
        {
            if (nominal >= from.Ticks && nominal < (from + window).Ticks)
            {
                late.Add(ticks / (double)TimeSpan.TicksPerMillisecond);
                starts[(group, nominal)] = starts.GetValueOrDefault((group, nominal)) + 1;
            }
        }

        late.Sort();
        double At(double share) => late.Count == 0 ? double.NaN : late[(int)((late.Count - 1) * share)];
        return new Outcome(At(0.5), At(0.99), At(1), late.Count(value => value < 0), Accounts.Of(load, starts, from, window), cpu.TotalSeconds, bytesPerSchedule);
    }
}
