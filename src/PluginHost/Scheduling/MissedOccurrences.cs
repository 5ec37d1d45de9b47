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

    /// <summary>What is overlapped how by the runs that make up for missed times: several come one after the other, whatever the policy says of regular ones.</summary>
    public static OverlapPolicy OverlapOf(ScheduleDescriptor schedule) => schedule.CatchUp == CatchUpPolicy.All ? OverlapPolicy.QueueAll : schedule.Overlap;

    /// <summary>The row of the ledger for the times after the one moment and before the other, at which nothing runs; null when there are none.</summary>
    public static OccurrenceInfo? Left(string script, ScheduleDescriptor schedule, DateTimeOffset after, DateTimeOffset before, OccurrenceOutcome outcome, string reason)
    {
        if (schedule.NextAfter(after) is not { } first || first >= before)
        {
            return null;
        }

        var (last, count) = (first, 1L);
        for (; schedule.NextAfter(last) is { } next && next < before; count++)
        {
            last = next;
        }

        return new OccurrenceInfo { Script = script, Schedule = schedule.Key, Due = first, Until = last, Count = count, Outcome = outcome, Reason = reason };
    }

    private static string Explain(ScheduleDescriptor schedule, List<DateTimeOffset> caughtUp) => schedule.CatchUp switch
    {
        CatchUpPolicy.None => "the schedule catches nothing up",
        CatchUpPolicy.Latest when caughtUp.Count > 0 => "the schedule catches up the latest missed time only",
        CatchUpPolicy.All when caughtUp.Count == Most => $"more than {Most} times were missed, and the latest {Most} are caught up",
        _ => $"it was longer ago than the schedule's catch-up window of {schedule.CatchUpWindow}",
    };
}
