using Quartz;

namespace PluginHost.Cluster.Scheduling;

/// <summary>What Quartz starts when a schedule is due: the schedule's turn, which is over when its run is stored.</summary>
/// <remarks>If the node dies before, Quartz starts it again on another one; what the first has stored is not done twice.</remarks>
internal sealed class ScheduleJob(ScheduleTurns turns) : IJob
{
    public const string Script = "script";
    public const string Schedule = "schedule";

    /// <summary>All schedules have this one job, and each a trigger.</summary>
    public static readonly JobKey Key = new("turn", "pluginhost");

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        var data = context.MergedJobDataMap;

        // What is started again has the time in whole seconds only; by the ledger it knows what is left.
        var due = context.Recovering ? null : context.ScheduledFireTimeUtc;
        await turns.TakeAsync(data.GetString(Script)!, data.GetString(Schedule)!, due, cancellationToken);
    }
}
