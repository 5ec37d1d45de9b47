using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace PluginHost.Scripts;

/// <summary>The part of time that a schedule is for. It bounds what the expression says; a run that jitter moves may start after its end.</summary>
/// <param name="From">The first moment that belongs to it; null when it has no beginning.</param>
/// <param name="Until">The first moment that does not any more; null when it has no end.</param>
internal sealed record ScheduleWindow(DateTimeOffset? From, DateTimeOffset? Until)
{
    public const string Expected = "a date (2026-01-31) or a date and time (2026-01-31T18:00), with an offset (…Z, …+01:00) where it is not meant in the schedule's time zone";

    private static readonly string[] LocalForms = ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF"];
    private static readonly string[] OffsetForms = ["yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    /// <summary>Reads an end of a window.</summary>
    /// <param name="text">ISO 8601.</param>
    /// <param name="zone">The zone it is meant in, unless it has an offset.</param>
    /// <param name="wholeDay">Whether a date alone means the end of that day; else it means its beginning.</param>
    /// <param name="moment">The moment, when this is true.</param>
    public static bool TryRead(string text, TimeZoneInfo zone, bool wholeDay, [NotNullWhen(true)] out DateTimeOffset? moment)
    {
        var (trimmed, culture) = (text.Trim(), CultureInfo.InvariantCulture);
        if (DateOnly.TryParseExact(trimmed, "yyyy-MM-dd", culture, DateTimeStyles.None, out var date) && date < DateOnly.MaxValue)
        {
            moment = Local(date.AddDays(wholeDay ? 1 : 0).ToDateTime(TimeOnly.MinValue), zone);
        }
        else if (DateTime.TryParseExact(trimmed, LocalForms, culture, DateTimeStyles.None, out var local))
        {
            moment = Local(local, zone);
        }
        else
        {
            moment = DateTimeOffset.TryParseExact(trimmed, OffsetForms, culture, DateTimeStyles.None, out var exact) ? exact.ToUniversalTime() : null;
        }

        return moment is not null;
    }

    /// <summary>The moment at which clocks in the zone show this: the first of two in autumn, the end of the gap in spring.</summary>
    private static DateTimeOffset Local(DateTime local, TimeZoneInfo zone)
    {
        var shown = local;
        while (zone.IsInvalidTime(shown))
        {
            // Gaps are whole minutes long, and begin at one.
            shown = new DateTime(shown.Ticks - (shown.Ticks % TimeSpan.TicksPerMinute), DateTimeKind.Unspecified).AddMinutes(1);
        }

        var offset = zone.IsAmbiguousTime(shown) ? zone.GetAmbiguousTimeOffsets(shown).Max() : zone.GetUtcOffset(shown);
        return InRange(shown.Ticks - offset.Ticks);
    }

    // The first and the last year reach beyond what can be written, in one zone or another.
    private static DateTimeOffset InRange(long ticks) => new(Math.Clamp(ticks, DateTime.MinValue.Ticks, DateTime.MaxValue.Ticks), TimeSpan.Zero);
}
