using System.Globalization;
using System.Text.RegularExpressions;

namespace PluginHost.Scripts;

/// <summary>Finds what is allowed in a schedule and may not be as it was meant.</summary>
internal static partial class ScheduleAdvice
{
    private static readonly TimeSpan Rare = TimeSpan.FromDays(366);

    /// <summary>Each as a sentence about the schedule, to go on after "Schedule …: ".</summary>
    public static IEnumerable<string> For(ScheduleDescriptor schedule, DateTimeOffset now)
    {
        var fields = schedule.Cron.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length >= 5 && fields[^3] is not ("*" or "?") && fields[^1] is not ("*" or "?"))
        {
            yield return $"The day of month ({fields[^3]}) and the day of week ({fields[^1]}) are both given, and a day has to match both. Other crons run on days that match either; write two schedules where that is meant.";
        }

        if (schedule.NextAfter(now) is not { } next)
        {
            yield return schedule.Window?.Until is { } until && until <= now
                ? $"Its window ended at {until:u}, so it will not run. Move Until, or remove the schedule."
                : "It has no time left in its window, so it will not run. Move Until, or remove the schedule.";
            yield break;
        }

        if (next - now > Rare)
        {
            yield return $"Its next time is {next:u}, more than a year away.";
        }

        if (FindSkipped(schedule, fields, now) is { } skipped)
        {
            yield return $"At {skipped.Shown.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} clocks in {schedule.TimeZone.Id} skip its time, so it runs at {skipped.Instead.ToString("HH:mm", CultureInfo.InvariantCulture)} that day. Choose a time that is there every day, or the time zone UTC.";
        }
    }

    /// <summary>The first time within a year that clocks skip in spring, and the time at which it runs instead.</summary>
    private static (DateTime Shown, DateTime Instead)? FindSkipped(ScheduleDescriptor schedule, string[] fields, DateTimeOffset now)
    {
        if (IsInterval(fields))
        {
            // It only goes on after the gap: nobody waits for one time of many.
            return null;
        }

        for (var day = now; day < now + Rare; day = day.AddDays(1))
        {
            var (before, after) = (schedule.TimeZone.GetUtcOffset(day), schedule.TimeZone.GetUtcOffset(day.AddDays(1)));
            if (after <= before)
            {
                continue;
            }

            var change = FindChange(schedule.TimeZone, day, before);
            var (start, end) = ((change + before).UtcDateTime, (change + after).UtcDateTime);

            // The expression as clocks would show it if they skipped nothing.
            if (schedule.Expression.GetNextOccurrence(start, TimeZoneInfo.Utc, inclusive: true) is { } shown && shown < end
                && schedule.NextAfter(change.AddTicks(-1) + schedule.Offset) == change + schedule.Offset)
            {
                return (shown, end);
            }
        }

        return null;
    }

    /// <summary>The first moment, within a day after the given one, at which clocks in the zone are not as they were.</summary>
    private static DateTimeOffset FindChange(TimeZoneInfo zone, DateTimeOffset day, TimeSpan before)
    {
        var (low, high) = (day.ToUnixTimeSeconds(), day.AddDays(1).ToUnixTimeSeconds());
        while (high - low > 1)
        {
            var middle = low + ((high - low) / 2);
            (low, high) = zone.GetUtcOffset(DateTimeOffset.FromUnixTimeSeconds(middle)) == before ? (middle, high) : (low, middle);
        }

        return DateTimeOffset.FromUnixTimeSeconds(high);
    }

    // As Cronos tells them apart: an interval keeps its grid over the change, a time of day moves.
    private static bool IsInterval(string[] fields) => fields.Length >= 5
        ? fields[..^3].Any(field => Several().IsMatch(field))
        : fields[0].ToLowerInvariant() is "@every_second" or "@every_minute" or "@hourly";

    [GeneratedRegex("[*/-]", RegexOptions.CultureInvariant)]
    private static partial Regex Several();
}
