using Quartz;

namespace PluginHost.Cluster.Scheduling;

/// <summary>What Quartz starts when a schedule is due: the schedule's turn, which is over when its run is stored.</summary>
/// <remarks>It begins ahead of the time, and waits for it. If the node dies before the end, Quartz starts it again on another one; what the first has stored is not done twice.</remarks>
internal sealed class ScheduleJob(ScheduleTurns turns, TimeProvider time) : IJob
{
    public const string Script = "script";
    public const string Schedule = "schedule";

    /// <summary>All schedules have this one job, and each a trigger.</summary>
    public static readonly JobKey Key = new("turn", "pluginhost");

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        var data = context.MergedJobDataMap;

        // What is started again has the time in whole seconds only; by the ledger it knows what is left.
        // By then its time has come: a node is dead for the others only when it was silent for longer than it may be ahead.
        var due = context.Recovering ? null : context.ScheduledFireTimeUtc + (context.Trigger as CronosTrigger)?.Times.Ahead;
        await UntilAsync(due, cancellationToken);
        await turns.TakeAsync(data.GetString(Script)!, data.GetString(Schedule)!, due, cancellationToken);
    }
    // A timer may be some milliseconds early by the clock, and a turn never is.
    private async Task UntilAsync(DateTimeOffset? due, CancellationToken cancellationToken)
    {
        while (due - time.GetUtcNow() is { } left && left > TimeSpan.Zero)
        {
            await Task.Delay(left, time, cancellationToken);
        }
    }
}
