using PluginHost.History;
using PluginHost.Scripts;

namespace PluginHost.Cluster.Scheduling;

/// <summary>Keeps for each schedule up to when it is accounted for. One that a new version still has keeps its place, so that a swap loses no time and doubles none.</summary>
internal sealed class ScheduleMarks(HistoryDatabase database, ScriptStateStore scripts, TimeProvider time)
{
    /// <summary>The script has these schedules from now on.</summary>
    public Task SetAsync(string script, IReadOnlyList<ScheduleDescriptor> wanted, IReadOnlyList<ScheduleDescriptor> before, CancellationToken cancellationToken) => database.WriteAsync(
        connection =>
        {
            var (now, known) = (time.GetUtcNow(), ScheduleStore.Of(connection, script).ToDictionary(mark => mark.Key, StringComparer.Ordinal));
            foreach (var schedule in wanted.Where(schedule => !known.Remove(schedule.Key)))
            {
                // Nothing before this moment is its own: it has missed nothing.
                ScheduleStore.Save(connection, new ScheduleMark(script, schedule.Key, now - schedule.Offset));
            }

            foreach (var gone in known.Values)
            {
                // What a pause kept from its turn is not lost without a word.
                if (scripts.IsPaused(script) && before.FirstOrDefault(schedule => schedule.Key == gone.Key) is { } schedule
                    && PluginHost.Scheduling.MissedOccurrences.Left(
                        script, schedule, gone.Until + schedule.Offset, now.AddTicks(1), OccurrenceOutcome.SkippedPaused, "the schedule was changed or removed while its script was paused, or no node could take it") is { } left)
                {
                    OccurrenceStore.AddOrExtend(connection, left);
                }

                ScheduleStore.Remove(connection, script, gone.Key);
            }

            return true;
        },
        cancellationToken);
}
