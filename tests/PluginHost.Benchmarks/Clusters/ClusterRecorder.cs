using System.Collections.Concurrent;

namespace PluginHost.Benchmarks.Clusters;

/// <summary>When a job of a schedule began.</summary>
/// <param name="Schedule">Which schedule.</param>
/// <param name="Nominal">The time that was meant, in ticks.</param>
/// <param name="LateMs">How many milliseconds after it.</param>
internal sealed record ClusterStart(int Schedule, long Nominal, double LateMs);

/// <summary>Takes down what began on a node.</summary>
internal sealed class ClusterRecorder
{
    private readonly ConcurrentQueue<ClusterStart> _starts = new();
    private int _ran;

    /// <summary>How many jobs that were asked for have run here.</summary>
    public int Ran => Volatile.Read(ref _ran);

    public void Ask() => Interlocked.Increment(ref _ran);

    /// <param name="schedule">Which schedule.</param>
    /// <param name="nominal">The time that was meant; all processes are on one machine, so that one clock has both.</param>
    public void Start(int schedule, DateTimeOffset nominal) =>
        _starts.Enqueue(new ClusterStart(schedule, nominal.UtcTicks, (DateTime.UtcNow.Ticks - nominal.UtcTicks) / (double)TimeSpan.TicksPerMillisecond));

    /// <param name="from">The first time that was meant, in ticks.</param>
    /// <param name="to">Before which it was meant.</param>
    public IReadOnlyList<ClusterStart> Between(long from, long to) => [.. _starts.Where(start => start.Nominal >= from && start.Nominal < to)];
}
