using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PluginHost.AspNetCore.Pages;

/// <summary>How the pages write things for people.</summary>
internal static class Show
{
    private const int MostInTree = 2000;

    // Razor encodes for HTML; without this, JSON would write é and < as escapes for machines.
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>JSON over several lines.</summary>
    public static string Json(JsonNode? value) => value?.ToJsonString(Readable) ?? "null";

    /// <summary>Whether JSON is more than one value, and not so much that a tree of it would be a page that nobody can scroll.</summary>
    public static bool IsTree(JsonNode value)
    {
        var left = MostInTree;
        return value is JsonObject or JsonArray && Counts(value);

        bool Counts(JsonNode? node) => --left > 0 && (node switch
        {
            JsonObject fields => fields.All(field => Counts(field.Value)),
            JsonArray items => items.All(Counts),
            _ => true,
        });
    }

    /// <summary>A commit as git shortens it.</summary>
    public static string Commit(string? commit) => commit is { Length: > 7 } ? commit[..7] : commit ?? "–";

    public static string Duration(long? milliseconds) => milliseconds switch
    {
        null => "–",
        < 1000 => $"{milliseconds} ms",
        < 60_000 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 1000.0:0.0} s"),
        < 3_600_000 => $"{milliseconds / 60_000} min {milliseconds / 1000 % 60} s",
        < 86_400_000 => $"{milliseconds / 3_600_000} h {milliseconds / 60_000 % 60} min",
        _ => $"{milliseconds / 86_400_000} d {milliseconds / 3_600_000 % 24} h",
    };

    public static string Bytes(long bytes) => bytes < 1048576
        ? string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(bytes / 1024.0):0} KiB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0} MiB");

    public static string Percent(double fraction) => string.Create(CultureInfo.InvariantCulture, $"{fraction * 100:0} %");

    /// <summary>A number as HTML wants it.</summary>
    public static string Number(double value) => value.ToString(CultureInfo.InvariantCulture);

    public static string Count(int count, string one) => count == 1 ? $"1 {one}" : $"{count} {one}s";

    /// <summary>When a day begins: later by an hour where the clock is put forward at midnight.</summary>
    public static DateTime Midnight(DateOnly day, TimeZoneInfo zone) =>
        day.ToDateTime(TimeOnly.MinValue) is var midnight && zone.IsInvalidTime(midnight) ? midnight.AddHours(1) : midnight;

    /// <summary>A part of an address; it may come from a file's name, which can hold anything.</summary>
    public static string Path(string part) => Uri.EscapeDataString(part);

    /// <summary>What follows an address; values that are null are left out.</summary>
    public static string Query(params IEnumerable<(string Name, string? Value)> values) =>
        string.Concat(values.Where(value => value.Value is not null).Select((value, i) => $"{(i == 0 ? '?' : '&')}{value.Name}={Path(value.Value!)}"));
}
