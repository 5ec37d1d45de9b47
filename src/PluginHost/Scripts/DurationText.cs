using System.Globalization;
using System.Text.RegularExpressions;

namespace PluginHost.Scripts;

/// <summary>Reads durations as people write them in attributes: <c>500ms</c>, <c>30s</c>, <c>5m</c>, <c>2h</c>, <c>1d</c>, <c>hh:mm:ss</c>.</summary>
internal static partial class DurationText
{
    /// <summary>What a duration looks like, to end a sentence with.</summary>
    public const string Expected = "a number with a unit (500ms, 30s, 5m, 2h, 1d) or hh:mm:ss";

    private static readonly (string Unit, long Ticks)[] Units =
    [
        ("d", TimeSpan.TicksPerDay),
        ("h", TimeSpan.TicksPerHour),
        ("m", TimeSpan.TicksPerMinute),
        ("s", TimeSpan.TicksPerSecond),
        ("ms", TimeSpan.TicksPerMillisecond),
    ];

    public static bool TryParse(string? text, out TimeSpan value)
    {
        value = default;
        if (WithUnit().Match(text ?? "") is { Success: true } match)
        {
            var ticks = Units.Single(unit => unit.Unit == match.Groups["unit"].Value).Ticks;
            return decimal.TryParse(match.Groups["number"].ValueSpan, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                && TryFromTicks(number, ticks, out value);
        }

        if (Clock().Match(text ?? "") is { Success: true } clock)
        {
            var days = clock.Groups["d"].Success ? Number(clock, "d") : 0;
            var seconds = (((days * 24) + Number(clock, "h")) * 3600) + (Number(clock, "m") * 60) + Number(clock, "s");
            return TryFromTicks(seconds, TimeSpan.TicksPerSecond, out value);
        }

        return false;
    }

    /// <summary>Writes a duration with the largest unit that leaves no fraction: <c>90s</c>, <c>2h</c>.</summary>
    public static string Format(TimeSpan value)
    {
        if (value == TimeSpan.Zero)
        {
            return "0s";
        }

        foreach (var (unit, ticks) in Units)
        {
            if (value.Ticks % ticks == 0)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{value.Ticks / ticks}{unit}");
            }
        }

        return value.ToString("c", CultureInfo.InvariantCulture);
    }

    private static decimal Number(Match match, string group) =>
        decimal.Parse(match.Groups[group].ValueSpan, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);

    private static bool TryFromTicks(decimal number, long unit, out TimeSpan value)
    {
        // Compared before it is multiplied: decimal throws where a duration does not fit.
        var fits = number <= TimeSpan.MaxValue.Ticks / (decimal)unit;
        value = fits ? TimeSpan.FromTicks((long)(number * unit)) : default;
        return fits;
    }

    [GeneratedRegex(@"^\s*(?<number>[0-9]{1,15}(\.[0-9]{1,7})?)\s*(?<unit>ms|s|m|h|d)\s*$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex WithUnit();

    [GeneratedRegex(@"^\s*((?<d>[0-9]{1,8})\.)?(?<h>[0-9]{1,8}):(?<m>[0-5][0-9]):(?<s>[0-5][0-9](\.[0-9]{1,7})?)\s*$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Clock();
}
