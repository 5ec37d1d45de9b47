using System.Collections.Concurrent;

namespace PluginHost.Benchmarks.Clusters;

/// <summary>When a job of a schedule began.</summary>
/// <param name="Schedule">Which schedule.</param>
/// <param name="Nominal">The time that was meant, in ticks.</param>
/// <param name="LateMs">How many milliseconds after it.</param>
internal sealed record ClusterStart(int Schedule, long Nominal, double LateMs);

/// <summary>Something that happened to a run.</summary>
/// <param name="Run">The run.</param>
/// <param name="Ticks">When.</param>
/// <param name="What">What.</param>
internal sealed record ClusterMark(string Run, long Ticks, string What);

/// <summary>Takes down what began on a node.</summary>
internal sealed class ClusterRecorder
{
    private readonly ConcurrentQueue<ClusterStart> _starts = new();
    private readonly ConcurrentQueue<ClusterMark> _marks = new();
    private int _ran;

    /// <summary>How many jobs that were asked for have run here.</summary>
    public int Ran => Volatile.Read(ref _ran);

    public void Ask() => Interlocked.Increment(ref _ran);

    /// <param name="schedule">Which schedule.</param>
    /// <param name="nominal">The time that was meant; all processes are on one machine, so that one clock has both.</param>
    public void Start(int schedule, DateTimeOffset nominal) =>
        _starts.Enqueue(new ClusterStart(schedule, nominal.UtcTicks, (DateTime.UtcNow.Ticks - nominal.UtcTicks) / (double)TimeSpan.TicksPerMillisecond));

    public void Mark(string run, string what) => _marks.Enqueue(new ClusterMark(run, DateTime.UtcNow.Ticks, what));

    /// <returns>Those that were not taken before.</returns>
    public IReadOnlyList<ClusterMark> TakeMarks()
    {
        var taken = new List<ClusterMark>();
        while (_marks.TryDequeue(out var mark))
        {
            taken.Add(mark);
        }

        return taken;
    }

    /// <param name="from">The first time that was meant, in ticks.</param>
    /// <param name="to">Before which it was meant.</param>
    public IReadOnlyList<ClusterStart> Between(long from, long to) => [.. _starts.Where(start => start.Nominal >= from && start.Nominal < to)];
}
