using System.Globalization;
using PluginHost.App.Output;
using PluginHost.Checking;
using Spectre.Console;

namespace PluginHost.App.Authoring;

/// <summary>Writes what a check found for people, editors and CI.</summary>
internal static class CheckText
{
    private const int MostTimes = 5;

    public static void Write(CommandOutput output, CheckReport report, string? reference)
    {
        if (report.Schedules.Count > 0)
        {
            output.Table(
                ["SCRIPT", "SCHEDULE", "TIME ZONE", "NEXT TIMES"],
                report.Schedules.Select(schedule => (IReadOnlyList<Cell>)[schedule.Script, schedule.Cron, schedule.TimeZone, NextTimes(schedule)]));
            output.Line("");
        }

        if (report.Changes is { } changes)
        {
            WriteChanges(output, changes, report.Schedules, reference!);
            output.Line("");
        }

        foreach (var diagnostic in report.Warnings.Concat(report.Problems))
        {
            output.Line(DiagnosticText.Of(diagnostic));
        }

        var plugins = Show.Count(report.Plugins.Count, "plugin", "plugins");
        output.Line(report.IsGood
            ? new Cell($"{plugins} with {Show.Count(report.Plugins.Sum(plugin => plugin.Scripts.Count), "script", "scripts")}: no problem.", Color.Green)
            : new Cell($"{plugins}: {report.Plugins.Count(plugin => !plugin.IsGood)} would be rejected, with {Show.Count(report.Problems.Count, "problem", "problems")}.", Color.Red));
    }

    private static string NextTimes(CheckedSchedule schedule) => schedule.Next.Count == 0
        ? "never again"
        : string.Join(", ", schedule.Next.Select(next => Show.Due(next, TimeZoneInfo.FindSystemTimeZoneById(schedule.TimeZone))));

    private static void WriteChanges(CommandOutput output, IReadOnlyList<ScriptTimeChange> changes, IReadOnlyList<CheckedSchedule> schedules, string reference)
    {
        output.Line(changes.Count == 0
            ? $"Over the next 7 days every script runs at the times at which it runs by {reference}."
            : $"Over the next 7 days, in comparison with {reference}:");
        foreach (var change in changes)
        {
            var zones = schedules.Where(schedule => schedule.Script.Equals(change.Script, StringComparison.OrdinalIgnoreCase)).Select(schedule => schedule.TimeZone).Distinct().ToList();
            var zone = zones is [var only] ? TimeZoneInfo.FindSystemTimeZoneById(only) : TimeZoneInfo.Utc;
            output.Line($"  {change.Script} ({zone.Id})");
            Line(output, "added", Color.Green, change.Added, time => Show.Due(time, zone));
            Line(output, "moved", Color.Yellow, change.Moved, move => $"{Show.Due(move.From, zone)} -> {Show.Due(move.To, zone)}");
            Line(output, "removed", Color.Red, change.Removed, time => Show.Due(time, zone));
        }
    }

    private static void Line<T>(CommandOutput output, string what, Color color, IReadOnlyList<T> times, Func<T, string> text)
    {
        if (times.Count > 0)
        {
            var more = times.Count > MostTimes ? $" and {times.Count - MostTimes} more" : "";
            output.Line(new Cell(string.Create(CultureInfo.InvariantCulture, $"    {times.Count} {what}: {string.Join(", ", times.Take(MostTimes).Select(text))}{more}"), color));
        }
    }
}
