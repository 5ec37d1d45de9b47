using PluginHost.History;
using PluginHost.Scheduling;
using PluginHost.Scripts;

namespace PluginHost.Cluster.Scheduling;

/// <summary>Keeps for each schedule up to when it is accounted for. One that a new version still has keeps its place, so that a swap loses no time and doubles none.</summary>
internal sealed class ScheduleMarks(HistoryDatabase database, ScriptStateStore scripts, TimeProvider time)
{
    /// <summary>The script has these schedules from now on.</summary>
    /// <param name="script">The script.</param>
    /// <param name="wanted">The schedules.</param>
    /// <param name="before">Those that it had in the cluster: of one that goes, they tell which times are left.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task SetAsync(string script, IReadOnlyList<ScheduleDescriptor> wanted, IReadOnlyList<ScheduleDescriptor> before, CancellationToken cancellationToken) => database.WriteAsync(
        connection =>
        {
            var (outcome, reason) = scripts.IsPaused(script) ? (OccurrenceOutcome.SkippedPaused, "while its script was paused") : (OccurrenceOutcome.Missed, "before a node could take it");
            var (now, known) = (time.GetUtcNow(), ScheduleStore.Of(connection, script).ToDictionary(mark => mark.Key, StringComparer.Ordinal));
            foreach (var schedule in wanted.Where(schedule => !known.Remove(schedule.Key)))
            {
                // Nothing before this moment is its own: it has missed nothing.
                ScheduleStore.Save(connection, new ScheduleMark(script, schedule.Key, now - schedule.Offset));
            }

            foreach (var gone in known.Values)
            {
                // What has not had its turn by now never will, and is not lost without a word.
                if (before.FirstOrDefault(schedule => schedule.Key == gone.Key) is { } schedule
                    && MissedOccurrences.Left(script, schedule, gone.Until + schedule.Offset, now.AddTicks(1), outcome, $"the schedule was changed or removed {reason}") is { } left)
                {
                    OccurrenceStore.AddOrExtend(connection, left);
                }

                ScheduleStore.Remove(connection, script, gone.Key);
            }

            return true;
        },
        cancellationToken);
}
