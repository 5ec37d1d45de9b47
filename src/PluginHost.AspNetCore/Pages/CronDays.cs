using System.Globalization;

namespace PluginHost.AspNetCore.Pages;

/// <summary>The part of <see cref="CronWords"/> about days and months.</summary>
internal static class CronDays
{
    private static readonly string[] Weekdays = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"];
    private static readonly string[] MonthNames = ["", "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
    private static readonly string[] Ordinals = ["", "first", "second", "third", "fourth", "fifth"];

    /// <returns>The words; empty for every day, null for what is better read as it is.</returns>
    public static string? Describe(string day, string weekday) => (day, weekday) switch
    {
        ("*" or "?", "*" or "?") => "",
        ("*" or "?", _) => Weekday(weekday),
        (_, "*" or "?") => DayOfMonth(day),

        // Cronos wants both to be true, which takes longer to say than to read.
        _ => null,
    };

    public static string? Months(string month) => month == "*" ? ""
        : Between(month, MonthNames, 12) is var (from, to) ? $"from {MonthName(from)} to {MonthName(to)}"
        : Several(month, MonthNames, 12) is { } months ? $"in {And([.. months.Order().Select(MonthName)])}"
        : null;

    /// <summary>Words in a row, as one says them.</summary>
    public static string And(IReadOnlyList<string> words) => words.Count < 2 ? string.Concat(words) : $"{string.Join(", ", words.SkipLast(1))} and {words[^1]}";

    private static string? Weekday(string weekday)
    {
        if (weekday.Split('#') is [var which, var number] && Value(which, Weekdays, 7) is { } named && Value(number, [], 5) is { } count and > 0)
        {
            return $"on the {Ordinals[count]} {DayName(named)} of the month";
        }

        if (weekday is [.., 'L'] && Value(weekday[..^1], Weekdays, 7) is { } last)
        {
            return $"on the last {DayName(last)} of the month";
        }

        return Between(weekday, Weekdays, 7) is var (from, to) ? $"from {DayName(from)} to {DayName(to)}"
            : Several(weekday, Weekdays, 7) is { } days ? $"on {And([.. days.Select(day => day % 7).Distinct().OrderBy(day => (day + 6) % 7).Select(DayName)])}"
            : null;
    }

    private static string? DayOfMonth(string day) => day switch
    {
        "L" => "on the last day of the month",
        "LW" => "on the last weekday of the month",
        _ when day.StartsWith("L-", StringComparison.Ordinal) && Value(day[2..], [], 30) is { } before => $"{before} {(before == 1 ? "day" : "days")} before the last day of the month",
        [.., 'W'] when Value(day[..^1], [], 31) is { } near => $"on the weekday nearest to day {near} of the month",
        _ when Between(day, [], 31) is var (from, to) => $"on days {from} to {to} of the month",
        _ => Several(day, [], 31) is { } days ? $"on {(days.Count == 1 ? "day" : "days")} {And([.. days.Order().Select(number => number.ToString(CultureInfo.InvariantCulture))])} of the month" : null,
    };

    private static (int From, int To)? Between(string field, string[] names, int largest) =>
        field.Split('-') is [var from, var to] && Value(from, names, largest) is { } first && Value(to, names, largest) is { } last && first != last ? (first, last) : null;

    private static List<int>? Several(string field, string[] names, int largest)
    {
        var values = field.Split(',').Select(part => Value(part, names, largest)).ToList();
        return values.Contains(null) ? null : [.. values.OfType<int>().Distinct()];
    }

    private static int? Value(string text, string[] names, int largest) =>
        text.Length > 0 && Array.IndexOf(names, text) is var named and >= 0 ? named
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= largest ? number
        : null;

    private static string DayName(int day) => CultureInfo.InvariantCulture.DateTimeFormat.GetDayName((DayOfWeek)(day % 7));

    private static string MonthName(int month) => CultureInfo.InvariantCulture.DateTimeFormat.GetMonthName(month);
}
