namespace PluginHost.Running;

/// <summary>Stored runs whose time has yet to come: retries, and those that somebody asked for at a later time.</summary>
internal sealed class DelayedRuns : IDisposable
{
    // The clock can be set while we wait; so often it is looked at.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly SortedDictionary<(DateTimeOffset At, string Id), ActiveRun> _runs = [];
    private readonly TimeProvider _time;
    private readonly ITimer _timer;

    public DelayedRuns(TimeProvider time)
    {
        _time = time;
        _timer = time.CreateTimer(_ => Tick(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Told a run when its time has come. It is no longer here then.</summary>
    public event Action<ActiveRun>? Due;

    public void Add(ActiveRun run)
    {
        lock (_lock)
        {
            _runs.Add(Key(run), run);
        }

        Tick();
    }

    /// <returns>Whether it was here; then it will not be due.</returns>
    public bool Remove(ActiveRun run)
    {
        lock (_lock)
        {
            return run.Info.StartAt is not null && _runs.Remove(Key(run));
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Tick()
    {
        var due = new List<ActiveRun>();
        lock (_lock)
        {
            var now = _time.GetUtcNow();
            while (_runs.Count > 0 && _runs.First() is var first && first.Key.At <= now)
            {
                _runs.Remove(first.Key);
                due.Add(first.Value);
            }

            // A timer may end a little early, so the clock decides, not the timer.
            if (_runs.Count > 0)
            {
                var wait = _runs.First().Key.At - now;
                _timer.Change(TimeSpan.FromTicks(Math.Clamp(wait.Ticks, TimeSpan.TicksPerMillisecond, LongestWait.Ticks)), Timeout.InfiniteTimeSpan);
            }
        }

        due.ForEach(run => Due?.Invoke(run));
    }

    private static (DateTimeOffset, string) Key(ActiveRun run) => (run.Info.StartAt!.Value, run.Id);
}
