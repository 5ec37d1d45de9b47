using PluginHost.History;
using PluginHost.Scripts;
using Quartz;

namespace PluginHost.Cluster.Scheduling;

/// <summary>Keeps the triggers of Quartz as the schedules are.</summary>
internal sealed class ScheduleTriggers(TimeProvider time)
{
    /// <summary>The triggers of a script are these from now on.</summary>
    /// <param name="scheduler">Quartz.</param>
    /// <param name="script">The script.</param>
    /// <param name="group">The version that may run it, as an execution group.</param>
    /// <param name="wanted">The schedules.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task SetAsync(IScheduler scheduler, string script, string? group, IReadOnlyList<ScheduleDescriptor> wanted, CancellationToken cancellationToken)
    {
        var name = script.ToLowerInvariant();
        var keys = await scheduler.QueryTriggers(new TriggerQuery { Group = GroupMatcher<TriggerKey>.GroupEquals(name) }, cancellationToken);
        var present = (await scheduler.GetTriggers([.. keys.Items.Select(header => header.Key)], cancellationToken)).ToDictionary(trigger => trigger.Key);
        foreach (var schedule in wanted)
        {
            var key = new TriggerKey(schedule.Key, name);
            var times = CronosTimes.Of(script, schedule);
            if (present.Remove(key, out var known) && known is CronosTrigger trigger && trigger.Times == times && trigger.ExecutionGroup == group
                && await scheduler.GetTriggerState(key, cancellationToken) != TriggerState.Error)
            {
                continue;
            }

            await scheduler.ScheduleTrigger(Trigger(key, script, group, times), TriggerConflict.Replace, cancellationToken);
        }

        if (present.Count > 0)
        {
            await scheduler.UnscheduleJobs([.. present.Keys], cancellationToken);
        }
    }

    // From a little before now on: what is due in this moment is not lost by the change, and has its turn once.
    private ITrigger Trigger(TriggerKey key, string script, string? group, CronosTimes times) => TriggerBuilder.Create(time)
        .WithIdentity(key)
        .ForJob(ScheduleJob.Key)
        .WithSchedule(new CronosScheduleBuilder(times, time))
        .WithExecutionGroup(group)
        .StartAt(time.GetUtcNow() - OccurrenceStore.OnTime)
        .UsingJobData(ScheduleJob.Script, script)
        .UsingJobData(ScheduleJob.Schedule, key.Name)
        .Build();
}
