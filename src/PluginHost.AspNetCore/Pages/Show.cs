using System.Globalization;

namespace PluginHost.AspNetCore.Pages;

/// <summary>How the pages write things for people.</summary>
internal static class Show
{
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

    public static string Bytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0} MiB");

    public static string Percent(double fraction) => string.Create(CultureInfo.InvariantCulture, $"{fraction * 100:0} %");

    /// <summary>A number as HTML wants it.</summary>
    public static string Number(double value) => value.ToString(CultureInfo.InvariantCulture);

    public static string Count(int count, string one) => count == 1 ? $"1 {one}" : $"{count} {one}s";

    /// <summary>A part of an address; it may come from a file's name, which can hold anything.</summary>
    public static string Path(string part) => Uri.EscapeDataString(part);
}
