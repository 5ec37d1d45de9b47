using System.Text.Json.Nodes;
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
    /// <summary>The part of time that it is for; null for all of it.</summary>
    public ScheduleWindow? Window { get; init; }

    /// <summary>What its runs are given; null for the script's defaults. Not to be changed.</summary>
    public JsonObject? Parameters { get; init; }

    /// <summary>The first time after the given one, or null when there is none.</summary>
    public DateTimeOffset? NextAfter(DateTimeOffset time)
    {
        var after = time - Offset;
        var next = Window?.From > after
            ? Expression.GetNextOccurrence(Window.From.Value, TimeZone, inclusive: true)
            : Expression.GetNextOccurrence(after, TimeZone);
        return next is { } found && !(found >= Window?.Until) ? (found + Offset).ToUniversalTime() : null;
    }

    /// <summary>A time of it, and those that follow; none when there is no such time.</summary>
    public IEnumerable<DateTimeOffset> TimesFrom(DateTimeOffset? first)
    {
        for (var next = first; next is { } time; next = NextAfter(time))
        {
            yield return time;
        }
    }

    /// <summary>The times after the first and up to the second, newest first.</summary>
    public IEnumerable<DateTimeOffset> Missed(DateTimeOffset after, DateTimeOffset upTo)
    {
        var (start, end) = (after - Offset, upTo - Offset);
        start = Window?.From > start ? Window.From.Value.AddTicks(-1) : start;
        end = Window?.Until <= end ? Window.Until.Value.AddTicks(-1) : end;
        return start >= end ? [] : Backwards(start, end).Select(time => (time + Offset).ToUniversalTime());
    }

    // Cronos goes back over what clocks skip in spring without the time that it puts in its place when it goes forward.
    // So what it finds only parts the time, and each part is gone through forward.
    private IEnumerable<DateTimeOffset> Backwards(DateTimeOffset after, DateTimeOffset upTo)
    {
        foreach (var earlier in Expression.GetOccurrencesDescending(upTo, after, TimeZone).Append(after))
        {
            foreach (var time in Expression.GetOccurrences(earlier, upTo, TimeZone, fromInclusive: false, toInclusive: true).Reverse())
            {
                yield return time;
            }

            upTo = earlier;
        }
    }
}
