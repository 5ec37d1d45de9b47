using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PluginHost.Cluster.Nodes;
using PluginHost.Crashes;
using PluginHost.History;
using PluginHost.Scheduling;
using PluginHost.Swapping;

namespace PluginHost.Cluster.Scheduling;

/// <summary>Gives a schedule its turn that nobody has given it: whatever becomes of a trigger, a due time is accounted for.</summary>
internal sealed partial class ScheduleSweep(LiveRegistry live, EffectiveSchedules schedules, ScheduleStore store, SelfStarts selfStarts, ScheduleTurns turns, Node node, TimeProvider time, ILogger<ScheduleSweep> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    // Longer than a node that died takes to be found out, so that its turns are left to Quartz.
    private static readonly TimeSpan Overdue = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                if (!node.IsDraining)
                {
                    await SweepAsync(stoppingToken);
                }
            }
            catch (Npgsql.NpgsqlException)
            {
                // The database is away, which is said elsewhere.
            }
        }
    }

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        var marks = store.GetAll().ToDictionary(mark => (mark.Script.ToLowerInvariant(), mark.Key), mark => mark.Until);
        var limit = time.GetUtcNow() - Overdue;
        foreach (var script in live.Current.Scripts.Values.Where(script => !selfStarts.AreHeld(script.Descriptor.Id)))
        {
            var id = script.Descriptor.Id;
            foreach (var schedule in schedules.Of(script.Descriptor))
            {
                if (marks.TryGetValue((id.ToLowerInvariant(), schedule.Key), out var until) && schedule.NextAfter(until + schedule.Offset) is { } due && due <= limit)
                {
                    LogOverdue(schedule.Key, id, due);
                    await turns.TakeAsync(id, schedule.Key, due: null, cancellationToken);
                }
            }
        }
    }

    [LoggerMessage(EventId = 625, Level = LogLevel.Warning, Message = "Schedule '{Schedule}' of script '{ScriptId}' was due at {Due} and no node has given it its turn, so this one does.")]
    private partial void LogOverdue(string schedule, string scriptId, DateTimeOffset due);
}
