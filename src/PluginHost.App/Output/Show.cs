using System.Globalization;
using PluginHost.AspNetCore.Api;
using Spectre.Console;
using Pages = PluginHost.AspNetCore.Pages.Show;

namespace PluginHost.App.Output;

/// <summary>How values are written for people.</summary>
internal static class Show
{
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

    // As the pages write it, but for what is not there: a column of a terminal stays empty.
    public static string Duration(long? milliseconds) => milliseconds is null ? "" : Pages.Duration(milliseconds);

    public static string Bytes(long bytes) => Pages.Bytes(bytes);

    public static string Commit(string? commit) => commit is null ? "" : Pages.Commit(commit);

    public static string Count(int count, string one, string many) => $"{count} {(count == 1 ? one : many)}";

    private static Color? ColorOf(string state) => state switch
    {
        "succeeded" or "live" or "ready" or "healthy" or "watching" or "ran" or "built" => Color.Green,
        "failed" or "lost" or "timed-out" or "broken" or "rejected" or "unreachable" or "missed" => Color.Red,
        "unchanged" or "removed" or "stored" => null,
        _ => Color.Yellow,
    };
}
