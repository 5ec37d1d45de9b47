using System.Globalization;

namespace PluginHost.AspNetCore.Pages;

/// <summary>Says in words what a cron expression of a common form means, as Cronos reads it; what is not one of those forms speaks for itself.</summary>
internal static class CronWords
{
    private const int MostTimes = 6;

    /// <returns>The words; null where the expression is better read as it is.</returns>
    public static string? Describe(string cron)
    {
        var fields = Expand(cron.Trim()).ToUpperInvariant().Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        var all = fields.Length switch { 5 => ["0", .. fields], 6 => fields, _ => null };
        return all is [var second, var minute, var hour, var day, var month, var weekday]
            && Times(second, minute, hour) is var (times, isFixed) && CronDays.Describe(day, weekday) is { } days && CronDays.Months(month) is { } months
            ? string.Join(" ", new[] { times, days.Length == 0 && isFixed ? "every day" : days, months }.Where(words => words.Length > 0))
            : null;
    }

    private static string Expand(string cron) => cron.ToLowerInvariant() switch
    {
        "@every_second" => "* * * * * *",
        "@every_minute" => "* * * * *",
        "@hourly" => "0 * * * *",
        "@daily" or "@midnight" => "0 0 * * *",
        "@weekly" => "0 0 * * 0",
        "@monthly" => "0 0 1 * *",
        "@yearly" or "@annually" => "0 0 1 1 *",
        _ => cron,
    };

    /// <returns>The words, and whether they name times of the day rather than an interval; null for what is neither.</returns>
    private static (string Words, bool IsFixed)? Times(string second, string minute, string hour)
    {
        if (second != "0")
        {
            return (minute, hour) is ("*", "*") && Every(second, 60, "second") is { } seconds ? (seconds, false) : At(second, minute, hour);
        }

        var within = hour == "*" ? "" : Range(hour) is var (from, to) ? $" from {Clock(from, 0)} to {Clock(to, 59)}" : null;
        if (Every(minute, 60, "minute") is { } minutes)
        {
            return within is null ? null : (minutes + within, false);
        }

        if (Number(minute, 59) is not { } past)
        {
            return At(second, minute, hour);
        }

        var offset = past == 0 ? "" : $" at {past} min past";
        return hour != "*" && Every(hour, 24, "hour") is { } hours ? (hours + offset, false)
            : hour == "*" ? ($"every hour{offset}", false)
            : Range(hour) is var (first, last) ? ($"every hour{offset} from {Clock(first, past)} to {Clock(last, past)}", false)
            : At(second, minute, hour);
    }

    private static (string, bool)? At(string second, string minute, string hour)
    {
        if (Number(second, 59) is not { } seconds || Numbers(minute, 59) is not { } minutes || Numbers(hour, 23) is not { } hours || minutes.Count * hours.Count > MostTimes)
        {
            return null;
        }

        var times = hours.Order().SelectMany(at => minutes.Order().Select(past => seconds == 0 ? Clock(at, past) : $"{Clock(at, past)}:{seconds:00}"));
        return ($"at {CronDays.And([.. times])}", true);
    }

    // A step that does not divide the whole begins anew at its end, so that not all pauses are alike.
    private static string? Every(string field, int whole, string unit) =>
        field == "*" ? $"every {unit}"
        : field.Split('/') is ["*" or "0", var step] && Number(step, whole - 1) is { } count and > 1 && whole % count == 0 ? $"every {count} {unit}s"
        : null;

    private static (int From, int To)? Range(string hour) =>
        hour.Split('-') is [var from, var to] && Number(from, 23) is { } first && Number(to, 23) is { } last && first < last ? (first, last) : null;

    private static string Clock(int hour, int minute) => string.Create(CultureInfo.InvariantCulture, $"{hour:00}:{minute:00}");

    private static List<int>? Numbers(string field, int largest)
    {
        var numbers = field.Split(',').Select(part => Number(part, largest)).ToList();
        return numbers.Contains(null) ? null : [.. numbers.OfType<int>().Distinct()];
    }

    private static int? Number(string text, int largest) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= largest ? number : null;
}
