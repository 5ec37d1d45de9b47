using Microsoft.Extensions.Time.Testing;

namespace PluginHost.Tests.Running;

/// <summary>A clock that a test moves, and that tells when somebody waits: moved before that, it would move too early.</summary>
internal sealed class ObservedTime() : FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero))
{
    private readonly Lock _lock = new();
    private readonly List<(TimeSpan Due, TaskCompletionSource Seen)> _awaited = [];
    private readonly List<TimeSpan> _timers = [];

    /// <summary>Ends when somebody has set a timer to so much time.</summary>
    public Task TimerOf(TimeSpan due)
    {
        lock (_lock)
        {
            var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_timers.Contains(due))
            {
                seen.SetResult();
            }
            else
            {
                _awaited.Add((due, seen));
            }

            return seen.Task.WaitAsync(RunningHost.HangLimit);
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        lock (_lock)
        {
            _timers.Add(dueTime);
            foreach (var (_, seen) in _awaited.Where(awaited => awaited.Due == dueTime))
            {
                seen.TrySetResult();
            }
        }

        return timer;
    }
}
