using PluginHost.Loading;
using PluginHost.Scripts;

namespace PluginHost.Scheduling;

/// <summary>What a version's schedules come to once it is live.</summary>
/// <param name="Warnings">What may not be as it was meant.</param>
/// <param name="Schedules">When each runs next, the soonest first; of very many, those that run soonest.</param>
internal sealed record ScheduleOutlook(IReadOnlyList<Diagnostic> Warnings, IReadOnlyList<ScheduleForecast> Schedules);

/// <summary>Looks ahead for the receipt of a deployment.</summary>
internal sealed class ScheduleOutlooks(EffectiveSchedules schedules, TimeProvider time)
{
    // Receipts are kept and listed.
    private const int Most = 100;

    public ScheduleOutlook Of(LoadedPlugin plugin)
    {
        var now = time.GetUtcNow();
        var all = plugin.Scripts.SelectMany(script => schedules.Describe(script.Descriptor), (script, schedule) => (Script: script, Schedule: schedule)).ToList();
        return new ScheduleOutlook(
            [.. all.SelectMany(entry => Warn(plugin, entry.Script, entry.Schedule, now)).Take(Most)],
            [
                .. all.Where(entry => entry.Schedule.Running is not null)
                    .Select(entry => Forecast(entry.Script, entry.Schedule.Id, entry.Schedule.Running!, now))
                    .OrderBy(forecast => forecast.Next ?? DateTimeOffset.MaxValue)
                    .Take(Most),
            ]);
    }

    private static ScheduleForecast Forecast(ScriptClass script, string id, ScheduleDescriptor schedule, DateTimeOffset now) =>
        new(script.Descriptor.Id, id, schedule.Cron, schedule.TimeZone.Id, schedule.NextAfter(now));

    private static IEnumerable<Diagnostic> Warn(LoadedPlugin plugin, ScriptClass script, EffectiveSchedule schedule, DateTimeOffset now)
    {
        var id = script.Descriptor.Id;
        var warnings = schedule.Running is { } running
            ? ScheduleAdvice.For(running, now).Select(advice => $"Schedule \"{running.Cron}\" of script '{id}': {advice}").ToList()
            : [];
        if (schedule.Inactive is { } inactive)
        {
            warnings.Add($"What an operator has set for schedule '{schedule.Id}' of script '{id}' has no effect. {inactive}");
        }

        if (warnings.Count == 0)
        {
            return [];
        }

        var place = SourcePlaces.Find(plugin.Artifact.AssemblyPath, TypeDisplay.FullName(script.Type));
        return warnings.Select(warning => new Diagnostic(DiagnosticSeverity.Warning, null, warning, place?.File ?? plugin.Artifact.Project, place?.Line, null));
    }
}
