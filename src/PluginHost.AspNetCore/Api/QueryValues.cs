using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace PluginHost.AspNetCore.Api;

// Values in the query that say what is wrong with them. They take any text, because what the framework says of a text
// that it cannot parse is nothing at all: a 400 without a body.

/// <summary>How many items a list holds at most.</summary>
internal readonly record struct Limit(string Text)
{
    public const int Smallest = 1;
    public const int Largest = 500;
    public const int Default = 50;

    public int Value => int.TryParse(Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= Smallest and <= Largest
        ? number
        : throw new BadHttpRequestException($"'{Text}' is no limit. It is a whole number from {Smallest} to {Largest}.");

    public static bool TryParse(string? text, out Limit limit)
    {
        limit = new Limit(text ?? "");
        return true;
    }
}

/// <summary>How long the caller waits for the end of what it asks for.</summary>
internal readonly record struct Wait(string Text)
{
    public const int LongestSeconds = 600;

    public TimeSpan Value => double.TryParse(Text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds <= LongestSeconds
        ? TimeSpan.FromSeconds(seconds)
        : throw new BadHttpRequestException($"'{Text}' is no wait. It is a number of seconds from 0 to {LongestSeconds}.");

    public static bool TryParse(string? text, out Wait wait)
    {
        wait = new Wait(text ?? "");
        return true;
    }
}

/// <summary>A moment; without an offset it is taken as UTC.</summary>
internal readonly record struct Moment(string Text)
{
    /// <summary>Null when nothing is given, as a form sends a field that was left empty.</summary>
    public DateTimeOffset? Value => Text.Length == 0 ? null
        : DateTimeOffset.TryParse(Text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var moment) ? moment
        : throw new BadHttpRequestException($"'{Text}' is no moment. It is written as in 2026-01-31T12:00:00Z.");

    public static bool TryParse(string? text, out Moment moment)
    {
        moment = new Moment(text ?? "");
        return true;
    }
}

/// <summary>A commit, by its id or the beginning of it.</summary>
internal readonly record struct CommitId(string Text)
{
    /// <summary>Null when nothing is given.</summary>
    public string? Value => Text.Length == 0 ? null
        : Text.Length is >= 7 and <= 40 && Text.All(char.IsAsciiHexDigit) ? Text
        : throw new BadHttpRequestException($"'{Text}' is no commit. It is written as at least the first 7 of its 40 digits.");

    public static bool TryParse(string? text, out CommitId commit)
    {
        commit = new CommitId(text ?? "");
        return true;
    }
}

/// <summary>A day of the calendar.</summary>
internal readonly record struct Day(string Text)
{
    public DateOnly Value => DateOnly.TryParseExact(Text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
        ? day
        : throw new BadHttpRequestException($"'{Text}' is no day. It is written as in 2026-01-31.");

    public static bool TryParse(string? text, out Day day)
    {
        day = new Day(text ?? "");
        return true;
    }
}

/// <summary>A value of an enum, written as the API writes it.</summary>
internal readonly record struct OneOf<T>(string Text) where T : struct, Enum
{
    private static readonly Dictionary<string, T> Values = Enum.GetValues<T>().ToDictionary(ApiJson.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Null when nothing is given, as a form sends a choice that was not made.</summary>
    public T? Value(string name) => Text.Length == 0 ? null
        : Values.TryGetValue(Text, out var value) ? value
        : throw new BadHttpRequestException($"'{Text}' is no {name}. It is one of: {string.Join(", ", Values.Keys)}.");

    public static bool TryParse(string? text, out OneOf<T> value)
    {
        value = new OneOf<T>(text ?? "");
        return true;
    }
}
