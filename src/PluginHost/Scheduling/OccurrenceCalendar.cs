using PluginHost.History;

namespace PluginHost.Scheduling;

/// <summary>What became of a script's due times, day by day.</summary>
internal sealed class OccurrenceCalendar(OccurrenceStore occurrences, TimeProvider time)
{
    private const int MostDays = 400;

    /// <summary>The days on which something was due, the earliest first.</summary>
    /// <param name="script">The script.</param>
    /// <param name="from">The first day.</param>
    /// <param name="timeZone">The zone whose days they are; null for UTC.</param>
    /// <exception cref="ArgumentException">The zone is not known, or the day is too far back.</exception>
    public IReadOnlyList<OccurrenceDay> Read(string script, DateOnly from, string? timeZone)
    {
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(timeZone ?? "UTC", out var zone))
        {
            throw new ArgumentException($"'{timeZone}' is no time zone that this machine knows. Use an IANA id such as Europe/Berlin.");
        }

        if (from < DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime).AddDays(-MostDays))
        {
            throw new ArgumentException($"The calendar goes back {MostDays} days at most, and {from:yyyy-MM-dd} is before that.");
        }

        var days = new SortedDictionary<DateOnly, Dictionary<OccurrenceOutcome, long>>();
        foreach (var span in occurrences.Spans(script, StartOf(from, zone)))
        {
            foreach (var (day, count) in Spread(span, zone).Where(part => part.Day >= from))
            {
                var counts = days.TryGetValue(day, out var known) ? known : days[day] = [];
                counts[span.Outcome] = counts.GetValueOrDefault(span.Outcome) + count;
            }
        }

        return [.. days.Select(day => new OccurrenceDay(day.Key, day.Value))];
    }

    // One row of the ledger can stand for many times over many days. They are taken as evenly spread from the first to
    // the last, as most schedules are; to ask the schedule would take as long as there are times.
    private static IEnumerable<(DateOnly Day, long Count)> Spread(OccurrenceSpan span, TimeZoneInfo zone)
    {
        var (day, last) = (DayOf(span.First, zone), DayOf(span.Last, zone));
        for (var before = 0L; day <= last; day = day.AddDays(1))
        {
            var until = day == last ? span.Count : CountBefore(StartOf(day.AddDays(1), zone), span);
            if (until > before)
            {
                yield return (day, until - before);
                before = until;
            }
        }
    }

    // The first and the last of them are the ends, so that there is one gap less than there are times.
    private static long CountBefore(DateTimeOffset end, OccurrenceSpan span)
    {
        var gaps = (Int128)(end - span.First).Ticks * (span.Count - 1);
        var length = (span.Last - span.First).Ticks;
        return (long)((gaps + length - 1) / length);
    }

    private static DateOnly DayOf(DateTimeOffset time, TimeZoneInfo zone) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(time, zone).DateTime);

    private static DateTimeOffset StartOf(DateOnly day, TimeZoneInfo zone)
    {
        var midnight = day.ToDateTime(TimeOnly.MinValue);

        // Where the clock is put forward at midnight, the day begins later by that.
        return new DateTimeOffset(midnight, zone.GetUtcOffset(zone.IsInvalidTime(midnight) ? midnight.AddHours(1) : midnight));
    }
}
