namespace PluginHost.Scheduling;

/// <summary>Calls once after so much time, and then no more until it is set again.</summary>
internal abstract class Alarm : IDisposable
{
    /// <summary>An alarm of the system's clock rings on a thread of its own; one of another clock, where that clock calls.</summary>
    public static Alarm Create(TimeProvider time, Action ring) =>
        time == TimeProvider.System ? new ThreadAlarm(ring) : new TimerAlarm(time, ring);

    /// <summary>Sets it anew; what it was set to before is forgotten.</summary>
    public abstract void Set(TimeSpan wait);

    /// <summary>It rings no more; a ring that has begun goes on.</summary>
    public abstract void Dispose();

    private sealed class TimerAlarm(TimeProvider time, Action ring) : Alarm
    {
        private readonly ITimer _timer = time.CreateTimer(_ => ring(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public override void Set(TimeSpan wait) => _timer.Change(wait, Timeout.InfiniteTimeSpan);

        public override void Dispose() => _timer.Dispose();
    }

    /// <summary>Timers call on the thread pool, which a script that blocks its threads can starve; this one has a thread of its own.</summary>
    private sealed class ThreadAlarm : Alarm
    {
        private static readonly TimeProvider Time = TimeProvider.System;

        private readonly object _gate = new();
        private readonly Action _ring;
        private TimeSpan? _wait;
        private long _setAt;
        private bool _disposed;

        public ThreadAlarm(Action ring)
        {
            _ring = ring;
            new Thread(Run) { IsBackground = true, Name = "PluginHost schedules" }.UnsafeStart();
        }

        public override void Set(TimeSpan wait)
        {
            lock (_gate)
            {
                (_wait, _setAt) = (wait, Time.GetTimestamp());
                Monitor.Pulse(_gate);
            }
        }

        public override void Dispose()
        {
            lock (_gate)
            {
                _disposed = true;
                Monitor.Pulse(_gate);
            }
        }

        private void Run()
        {
            while (Wait())
            {
                _ring();
            }
        }

        private bool Wait()
        {
            lock (_gate)
            {
                while (!_disposed && Left() is var left and not 0)
                {
                    Monitor.Wait(_gate, left);
                }

                _wait = null;
                return !_disposed;
            }
        }

        // Rounded up: a wait that ends too early is only begun again.
        private int Left() => _wait is { } wait ? (int)Math.Max(0, Math.Ceiling((wait - Time.GetElapsedTime(_setAt)).TotalMilliseconds)) : Timeout.Infinite;
    }
}
