using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace PluginHost.Hosting;

/// <summary>The long work under way, so that a terminal and the page can show it.</summary>
internal sealed partial class HostActivities(HostEvents events, TimeProvider time, ILogger<HostActivities> logger)
{
    // Work that ends sooner is not worth a line on the terminal; the longer it takes, the fewer lines it gets.
    private static readonly TimeSpan FirstReport = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Early = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<Activity, bool> _current = new();

    public IReadOnlyList<ActivityInfo> Current => [.. _current.Keys.Select(activity => activity.Info).OrderBy(info => info.StartedAt)];

    public Activity Begin(string stage, string message)
    {
        var activity = new Activity(this, new ActivityInfo(stage, message, null, time.GetUtcNow()));
        _current[activity] = true;
        events.Publish(HostEventKind.Activity, stage);
        return activity;
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "{Activity}: {Progress} ({Seconds} s)")]
    private partial void LogProgress(string activity, string progress, int seconds);

    /// <summary>One piece of long work. Disposing it ends it.</summary>
    internal sealed class Activity : IDisposable
    {
        private readonly HostActivities _owner;
        private readonly ITimer _timer;
        private volatile ActivityInfo _info;
        private TimeSpan _nextLine = FirstReport;

        public Activity(HostActivities owner, ActivityInfo info)
        {
            _owner = owner;
            _info = info;
            _timer = owner.TimeOf().CreateTimer(_ => Tell(), null, FirstReport, FirstReport);
        }

        public ActivityInfo Info => _info;

        public void Report(int done, int total) => _info = _info with { Fraction = total > 0 ? (double)done / total : null };

        public void Report(string message) => _info = _info with { Message = message };

        public void Dispose()
        {
            _timer.Dispose();
            _owner._current.TryRemove(this, out _);
            _owner.Publish(_info.Stage);
        }

        private void Tell()
        {
            var elapsed = _owner.TimeOf().GetUtcNow() - _info.StartedAt;
            _owner.Publish(_info.Stage);
            if (elapsed >= _nextLine - Early)
            {
                _nextLine = elapsed + (elapsed < LongestPause ? elapsed : LongestPause);
                _owner.LogProgress(_info.Message, _info.Fraction is { } fraction ? $"{fraction:P0}" : "under way", (int)Math.Round(elapsed.TotalSeconds));
            }
        }
    }

    private TimeProvider TimeOf() => time;

    private void Publish(string stage) => events.Publish(HostEventKind.Activity, stage);
}
