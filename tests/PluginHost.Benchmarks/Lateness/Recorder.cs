namespace PluginHost.Benchmarks.Lateness;

/// <summary>Takes down when jobs began, with as little of its own as can be.</summary>
/// <param name="capacity">How many at most.</param>
internal sealed class Recorder(int capacity)
{
    private readonly (int Group, long Nominal, long Late)[] _starts = new (int, long, long)[capacity];
    private int _count;

    public int Count => Math.Min(_count, capacity);

    /// <summary>Whether more began than there was room for, so that what is missing means nothing.</summary>
    public bool IsFull => _count > capacity;

    public ReadOnlySpan<(int Group, long Nominal, long Late)> Starts => _starts.AsSpan(0, Count);

    /// <param name="group">The <see cref="Load.Group"/> of the job's schedule.</param>
    /// <param name="nominal">The time that was meant; null where the engine does not tell it, for the second that it is.</param>
    public void Start(int group, DateTimeOffset? nominal)
    {
        var now = DateTime.UtcNow.Ticks;
        var meant = nominal?.UtcTicks ?? now - (now % TimeSpan.TicksPerSecond);
        var place = Interlocked.Increment(ref _count) - 1;
        if (place < capacity)
        {
            _starts[place] = (group, meant, now - meant);
        }
    }
}
