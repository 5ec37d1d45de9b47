using System.Globalization;
using PluginHost.AspNetCore.Api;
using Spectre.Console;

namespace PluginHost.App.Output;

/// <summary>How values are written for people.</summary>
internal static class Show
{
    private const int ShortCommit = 7;

    /// <summary>A state in the API's words, in the colour of how good that is.</summary>
    public static Cell State<T>(T state) where T : struct, Enum => new(ApiJson.Name(state), ColorOf(ApiJson.Name(state)));

    /// <summary>A moment on the clock of who reads it.</summary>
    public static string Time(DateTimeOffset? moment, TimeProvider time) => moment is { } at
        ? TimeZoneInfo.ConvertTime(at, time.LocalTimeZone).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)
        : "";

    /// <summary>A moment with its weekday and without seconds that are zero: how people speak of schedules.</summary>
    public static string Due(DateTimeOffset moment, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(moment, zone);
        return local.ToString(local.Second == 0 ? "ddd yyyy-MM-dd HH:mm" : "ddd yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
    }

    public static string Duration(long? milliseconds) => milliseconds switch
    {
        null => "",
        < 1000 => $"{milliseconds} ms",
        < 60_000 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 1000.0:0.0} s"),
        _ => TimeSpan.FromMilliseconds(milliseconds.Value) switch
        {
            { TotalHours: < 1 } span => $"{span.Minutes} min {span.Seconds} s",
            { TotalDays: < 1 } span => $"{span.Hours} h {span.Minutes} min",
            var span => $"{(int)span.TotalDays} d {span.Hours} h",
        },
    };

    public static string Bytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0} MiB");

    public static string Commit(string? commit) => commit is { Length: > ShortCommit } ? commit[..ShortCommit] : commit ?? "";

    public static string Count(int count, string one, string many) => $"{count} {(count == 1 ? one : many)}";

    private static Color? ColorOf(string state) => state switch
    {
        "succeeded" or "live" or "ready" or "healthy" or "watching" or "ran" or "built" => Color.Green,
        "failed" or "lost" or "timed-out" or "broken" or "rejected" or "unreachable" or "missed" => Color.Red,
        "unchanged" or "removed" or "stored" => null,
        _ => Color.Yellow,
    };
}
