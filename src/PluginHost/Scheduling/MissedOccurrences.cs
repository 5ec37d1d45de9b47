using PluginHost.Scripts;

namespace PluginHost.Scheduling;

/// <summary>Which of the times that passed are made up for.</summary>
internal static class MissedOccurrences
{
    /// <summary>A time that is so much past is missed, not late.</summary>
    public static readonly TimeSpan OnTime = TimeSpan.FromSeconds(10);

    // A schedule of every second after an hour of downtime must not bury the host.
    private const int Most = 1000;

    /// <summary>The times to start runs for, oldest first.</summary>
    public static IReadOnlyList<DateTimeOffset> ToCatchUp(ScheduleDescriptor schedule, DateTimeOffset accounted, DateTimeOffset now)
    {
        var window = now - schedule.CatchUpWindow;
        var after = accounted > window ? accounted : window;
        return after >= now
            ? []
            : schedule.CatchUp switch
            {
                CatchUpPolicy.Latest => [.. schedule.Missed(after, now).Take(1)],
                CatchUpPolicy.All => [.. schedule.Missed(after, now).Take(Most).Reverse()],
                _ => [],
            };
    }
}
