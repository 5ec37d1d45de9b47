using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PluginHost.Cluster.Nodes;
using PluginHost.Crashes;
using PluginHost.History;
using PluginHost.Scheduling;
using PluginHost.Swapping;

namespace PluginHost.Cluster.Scheduling;

/// <summary>Gives a schedule its turn that nobody has given it: whatever becomes of a trigger, a due time is accounted for.</summary>
internal sealed partial class ScheduleSweep(
    LiveRegistry live, EffectiveSchedules schedules, ScheduleStore store, SelfStarts selfStarts, ScheduleTurns turns, Node node, ClusterNodes nodes, TimeProvider time, ILogger<ScheduleSweep> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    // By then a node that was late to check in has done so.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1.5);

    // Longer than a node that died takes to be found out, so that its turns are left to Quartz.
    private static readonly TimeSpan Overdue = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var wakes = Channel.CreateUnbounded<bool>(new() { SingleReader = true });
        var isLookingAgain = 0;
        void Grow() => wakes.Writer.TryWrite(true);
        using var again = time.CreateTimer(
            _ =>
            {
                Volatile.Write(ref isLookingAgain, 0);
                Grow();
            },
            null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        void LookAgain()
        {
            // Not put off by what is set aside meanwhile.
            if (Interlocked.Exchange(ref isLookingAgain, 1) == 0)
            {
                again.Change(Soon, Timeout.InfiniteTimeSpan);
            }
        }

        nodes.Grown += Grow;
        turns.SetAside += LookAgain;
        try
        {
            using var timer = time.CreateTimer(_ => wakes.Writer.TryWrite(false), null, Interval, Interval);
            await foreach (var hasGrown in wakes.Reader.ReadAllAsync(stoppingToken))
            {
                await TryAsync(hasGrown, stoppingToken);
            }
        }
        finally
        {
            nodes.Grown -= Grow;
            turns.SetAside -= LookAgain;
        }
    }

    private async Task TryAsync(bool hasGrown, CancellationToken cancellationToken)
    {
        try
        {
            if (!node.IsDraining)
            {
                await (hasGrown ? TakeUpAsync(cancellationToken) : SweepAsync(cancellationToken));
            }
        }
        catch (Npgsql.NpgsqlException)
        {
            // The database is away, which is said elsewhere.
        }
    }

    /// <summary>What waits for nodes of a kind may have one now.</summary>
    private async Task TakeUpAsync(CancellationToken cancellationToken)
    {
        if (live.Current.Scripts.Values.Any(IsChoosy))
        {
            await GiveTurnsAsync(IsChoosy, time.GetUtcNow(), cancellationToken);
        }
    }

    private Task SweepAsync(CancellationToken cancellationToken) => GiveTurnsAsync(_ => true, time.GetUtcNow() - Overdue, cancellationToken);

    /// <summary>Whether its times may wait for a node that can take them, which is nothing to wonder at.</summary>
    private static bool IsChoosy(LiveScript script) => script.Descriptor is { NodeLabel: not null } or { RunOn: RunOn.EveryNode };

    private async Task GiveTurnsAsync(Func<LiveScript, bool> which, DateTimeOffset limit, CancellationToken cancellationToken)
    {
        var marks = store.GetAll().ToDictionary(mark => (mark.Script.ToLowerInvariant(), mark.Key), mark => mark.Until);
        foreach (var script in live.Current.Scripts.Values.Where(script => which(script) && !selfStarts.AreHeld(script.Descriptor.Id)))
        {
            var id = script.Descriptor.Id;
            foreach (var schedule in schedules.Of(script.Descriptor))
            {
                if (marks.TryGetValue((id.ToLowerInvariant(), schedule.Key), out var until) && schedule.NextAfter(until + schedule.Offset) is { } due && due <= limit)
                {
                    if (!IsChoosy(script))
                    {
                        LogOverdue(schedule.Key, id, due);
                    }

                    await turns.TakeOnceAsync(id, schedule.Key, cancellationToken);
                }
            }
        }
    }

    [LoggerMessage(EventId = 625, Level = LogLevel.Warning, Message = "Schedule '{Schedule}' of script '{ScriptId}' was due at {Due} and no node has given it its turn, so this one does.")]
    private partial void LogOverdue(string schedule, string scriptId, DateTimeOffset due);
}
