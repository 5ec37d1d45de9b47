namespace PluginHost.Checking;

/// <summary>What a look at all plugins of a working tree found.</summary>
/// <param name="Plugins">Each plugin.</param>
/// <param name="Problems">Everything that would keep a version from going live, at its place in the repository.</param>
/// <param name="Warnings">What may not be as it was meant.</param>
/// <param name="Schedules">When each schedule would run next.</param>
/// <param name="Changes">What differs from the commit that it was compared with; null when it was not compared.</param>
internal sealed record CheckReport(
    IReadOnlyList<CheckedPlugin> Plugins,
    IReadOnlyList<Diagnostic> Problems,
    IReadOnlyList<Diagnostic> Warnings,
    IReadOnlyList<CheckedSchedule> Schedules,
    IReadOnlyList<ScriptTimeChange>? Changes)
{
    public bool IsGood => Problems.Count == 0;
}

/// <summary>A plugin that was looked at.</summary>
/// <param name="Plugin">Its id.</param>
/// <param name="IsGood">Whether it would go live.</param>
/// <param name="Scripts">The ids of its scripts; empty when it would not.</param>
internal sealed record CheckedPlugin(string Plugin, bool IsGood, IReadOnlyList<string> Scripts);

/// <summary>A schedule of a script that was looked at.</summary>
/// <param name="Script">The script.</param>
/// <param name="Cron">The cron expression.</param>
/// <param name="TimeZone">The time zone it is read in.</param>
/// <param name="Next">Its next times, in UTC.</param>
internal sealed record CheckedSchedule(string Script, string Cron, string TimeZone, IReadOnlyList<DateTimeOffset> Next);

/// <summary>What a change does to the times of a script.</summary>
/// <param name="Script">The script.</param>
/// <param name="Added">Times at which it ran not, and would.</param>
/// <param name="Moved">Times that would be others.</param>
/// <param name="Removed">Times at which it would run no longer.</param>
internal sealed record ScriptTimeChange(
    string Script, IReadOnlyList<DateTimeOffset> Added, IReadOnlyList<MovedTime> Moved, IReadOnlyList<DateTimeOffset> Removed);

/// <summary>A time that becomes another.</summary>
internal sealed record MovedTime(DateTimeOffset From, DateTimeOffset To);
