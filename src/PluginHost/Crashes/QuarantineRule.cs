using System.Globalization;
using PluginHost.History;

namespace PluginHost.Crashes;

/// <summary>Decides from what was under way when the host died whether a script is suspected of it.</summary>
/// <remarks>
/// A script that was under way alone is suspected sooner. Deaths of which nobody has seen the cause may be the machine's
/// own, and count only where they come close together. Those that were seen count also when they are days apart, as
/// long as no run of the script has ended in between.
/// </remarks>
internal static class QuarantineRule
{
    /// <param name="crashes">The crashes of a version of a script since it was last allowed.</param>
    /// <param name="lastRunThatEnded">The last run of the script that ended while the host lived; null when there is none.</param>
    /// <param name="options">What is enough.</param>
    /// <param name="now">The time.</param>
    /// <returns>Why it is suspected, or null.</returns>
    public static string? Suspect(IReadOnlyList<Crash> crashes, string? lastRunThatEnded, QuarantineOptions options, DateTimeOffset now)
    {
        var closeTogether = crashes.Where(crash => now - crash.At <= options.Window).ToList();
        var inARow = crashes.Where(crash => crash.Cause is not null && string.CompareOrdinal(crash.Run, lastRunThatEnded) > 0).ToList();
        return Explain(closeTogether, options) ?? Explain(inARow, options);
    }

    private static string? Explain(List<Crash> crashes, QuarantineOptions options)
    {
        var alone = crashes.Count(crash => crash.Alone);
        if (options.Crashes == 0 || (crashes.Count < options.Crashes && alone < options.CrashesAlone))
        {
            return null;
        }

        var last = crashes.MaxBy(crash => crash.Run, StringComparer.Ordinal)!;
        var others = alone == crashes.Count ? ", and nothing else was" : alone > 0 ? string.Create(CultureInfo.InvariantCulture, $", {alone} times alone") : "";
        var cause = last.Cause is { } text ? $" The last time: {PreviousDeath.Headline(text)}." : "";
        return string.Create(CultureInfo.InvariantCulture, $"The host died {crashes.Count} times while it was under way{others}.{cause}");
    }
}
