using Cronos;

namespace PluginHost.Scripts;

/// <summary>A schedule of a script, read and checked.</summary>
/// <param name="Key">Names this schedule within its script, the same in every version that has it.</param>
/// <param name="Cron">The expression as it is written on the class.</param>
/// <param name="Expression">The expression as Cronos reads it.</param>
/// <param name="TimeZone">The zone it is read in.</param>
/// <param name="Overlap">What happens when an earlier run is still going.</param>
/// <param name="CatchUp">What happens to missed times.</param>
/// <param name="CatchUpWindow">How far back missed times are caught up.</param>
/// <param name="Offset">How much later than the expression says each run starts (the share of the jitter that fell to this script).</param>
internal sealed record ScheduleDescriptor(
    string Key,
    string Cron,
    CronExpression Expression,
    TimeZoneInfo TimeZone,
    OverlapPolicy Overlap,
    CatchUpPolicy CatchUp,
    TimeSpan CatchUpWindow,
    TimeSpan Offset)
{
    /// <summary>The first time after the given one, or null when there is none.</summary>
    public DateTimeOffset? NextAfter(DateTimeOffset time) =>
        Expression.GetNextOccurrence(time - Offset, TimeZone) is { } next ? (next + Offset).ToUniversalTime() : null;

    /// <summary>The times after the first and up to the second, newest first.</summary>
    public IEnumerable<DateTimeOffset> Missed(DateTimeOffset after, DateTimeOffset upTo) =>
        Expression.GetOccurrencesDescending(upTo - Offset, after - Offset, TimeZone, fromInclusive: true, toInclusive: false)
            .Select(time => (time + Offset).ToUniversalTime());
}
