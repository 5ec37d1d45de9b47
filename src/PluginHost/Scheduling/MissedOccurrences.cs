using PluginHost.Scripts;

namespace PluginHost.Scheduling;

/// <summary>Which of the times that passed are made up for, and why the others are not.</summary>
/// <param name="ToCatchUp">The times to start runs for, oldest first.</param>
/// <param name="Before">The end of the times that nothing runs for: all those before it.</param>
/// <param name="Reason">Why nothing runs for those.</param>
internal sealed record MissedOccurrences(IReadOnlyList<DateTimeOffset> ToCatchUp, DateTimeOffset Before, string Reason)
{
    // A schedule of every second after an hour of downtime must not bury the host.
    private const int Most = 1000;

    /// <summary>Decides on the times after the one moment and up to the other.</summary>
    public static MissedOccurrences Decide(ScheduleDescriptor schedule, DateTimeOffset after, DateTimeOffset upTo)
    {
        var window = upTo - schedule.CatchUpWindow;
        var since = after > window ? after : window;
        List<DateTimeOffset> caughtUp = since >= upTo
            ? []
            : schedule.CatchUp switch
            {
                CatchUpPolicy.Latest => [.. schedule.Missed(since, upTo).Take(1)],
                CatchUpPolicy.All => [.. schedule.Missed(since, upTo).Take(Most).Reverse()],
                _ => [],
            };
        return new MissedOccurrences(caughtUp, caughtUp.Count > 0 ? caughtUp[0] : upTo.AddTicks(1), Explain(schedule, caughtUp));
    }

    private static string Explain(ScheduleDescriptor schedule, List<DateTimeOffset> caughtUp) => schedule.CatchUp switch
    {
        CatchUpPolicy.None => "the schedule catches nothing up",
        CatchUpPolicy.Latest when caughtUp.Count > 0 => "the schedule catches up the latest missed time only",
        CatchUpPolicy.All when caughtUp.Count == Most => $"more than {Most} times were missed, and the latest {Most} are caught up",
        _ => $"it was longer ago than the schedule's catch-up window of {schedule.CatchUpWindow}",
    };
}
