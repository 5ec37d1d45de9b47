using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using PluginHost.Cluster.Nodes;
using PluginHost.Cluster.Runs;
using PluginHost.Crashes;
using PluginHost.History;
using PluginHost.Hosting;
using PluginHost.Running;
using PluginHost.Scheduling;
using PluginHost.Scripts;
using PluginHost.Swapping;

namespace PluginHost.Cluster.Scheduling;

/// <summary>Gives a schedule its turn: what was due and is not accounted for, in one transaction. Two nodes that do so at once come to the same as one.</summary>
internal sealed partial class ScheduleTurns(
    HistoryDatabase database, LiveRegistry live, EffectiveSchedules schedules, ScheduleOverrideStore overrides, SelfStarts selfStarts, RunFactory factory, ClusterPlacement placement,
    Orders orders, RunService runs, HostEvents events, IOptions<ClusterOptions> options, TimeProvider time, ILogger<ScheduleTurns> logger)
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(5);

    // Who has been silent for so long is taken for dead; what is later than on time is caught up, if at all.
    private readonly TimeSpan _grace = options.Value.NodeTimeout < OccurrenceStore.OnTime ? options.Value.NodeTimeout : OccurrenceStore.OnTime;

    /// <summary>A time was set aside that no node can take at this moment, and perhaps one can in the next: another turn decides.</summary>
    public event Action? SetAside;

    /// <summary>Gives a schedule its turn, and again for as long as the database is away.</summary>
    /// <remarks>What fails for another reason is given up on after some tries.</remarks>
    /// <param name="scriptId">The script.</param>
    /// <param name="key">The schedule within the script.</param>
    /// <param name="due">The time that has come; null for whatever is not accounted for.</param>
    /// <param name="cancellationToken">Gives up: the schedule's next turn accounts for this one.</param>
    public async Task TakeAsync(string scriptId, string key, DateTimeOffset? due, CancellationToken cancellationToken)
    {
        for (var pause = FirstRetry; ; pause = pause * 2 < LongestRetry ? pause * 2 : LongestRetry)
        {
            try
            {
                await TryAsync(scriptId, key, due, OccurrenceOutcome.Missed, cancellationToken);
                return;
            }
            catch (Exception failure) when (!cancellationToken.IsCancellationRequested && failure is not ObjectDisposedException)
            {
                if (IsItsOwn(failure) && pause >= LongestRetry)
                {
                    LogGivenUp(failure, scriptId);
                    return;
                }

                LogFailed(failure, scriptId, pause);
            }

            await Task.Delay(pause, time, cancellationToken);
        }
    }

    /// <summary>Gives a schedule its turn for whatever is not accounted for. What fails for its own reasons is left to its next turn, so that others have theirs.</summary>
    /// <exception cref="NpgsqlException">The database is away.</exception>
    public Task TakeOnceAsync(string scriptId, string key, CancellationToken cancellationToken) => TakeOnceAsync(scriptId, key, OccurrenceOutcome.Missed, cancellationToken);

    /// <summary>The schedules of a paused script go on: what was missed meanwhile is caught up as each of them says.</summary>
    /// <exception cref="NpgsqlException">The database is away.</exception>
    public async Task ResumeAsync(string scriptId, CancellationToken cancellationToken)
    {
        foreach (var schedule in live.Current.Scripts.TryGetValue(scriptId, out var script) ? schedules.Of(script.Descriptor) : [])
        {
            await TakeOnceAsync(scriptId, schedule.Key, OccurrenceOutcome.SkippedPaused, cancellationToken);
        }
    }

    private async Task TakeOnceAsync(string scriptId, string key, OccurrenceOutcome otherwise, CancellationToken cancellationToken)
    {
        try
        {
            await TryAsync(scriptId, key, due: null, otherwise, cancellationToken);
        }
        catch (Exception failure) when (IsItsOwn(failure) && !cancellationToken.IsCancellationRequested)
        {
            LogGivenUp(failure, scriptId);
        }
    }

    /// <summary>Whether a turn failed although the database is there, so that it will fail again.</summary>
    private static bool IsItsOwn(Exception failure) => failure is PostgresException { IsTransient: false } or not (NpgsqlException or ObjectDisposedException);

    private async Task TryAsync(string scriptId, string key, DateTimeOffset? due, OccurrenceOutcome otherwise, CancellationToken cancellationToken)
    {
        if (await FindAsync(scriptId, key, cancellationToken) is not var (script, schedule))
        {
            LogUnknown(scriptId, key);
            return;
        }

        if (selfStarts.AreHeld(scriptId))
        {
            // Not accounted for: on resuming, these are the missed ones.
            return;
        }

        Turn turn;
        DateTimeOffset? now = null;
        do
        {
            Turn? part = null;
            try
            {
                await database.WriteAsync(
                    connection => (part = new Turn(connection, script, schedule, selfStarts.Forbid(script), now ??= time.GetUtcNow(), _grace, factory, placement, orders)).Take(due, otherwise), cancellationToken);
            }
            catch (LeftToOthersException)
            {
                SetAside?.Invoke();
                return;
            }

            turn = part!;
            foreach (var run in turn.Started.Where(placement.IsHere))
            {
                runs.TakeUp(run);
            }

            foreach (var (skipped, other) in turn.Skipped)
            {
                LogSkipped(scriptId, skipped, other);
            }
        }
        while (turn.IsPart);

        if (turn.IsUndecided)
        {
            SetAside?.Invoke();
        }

        events.Publish(HostEventKind.Script, scriptId);
    }

    private async Task<(LiveScript, ScheduleDescriptor)?> FindAsync(string scriptId, string key, CancellationToken cancellationToken)
    {
        if (Find(scriptId, key) is { } found)
        {
            return found;
        }

        // An operator may have set it an instant ago on another node.
        await overrides.RefreshAsync(time.GetUtcNow(), cancellationToken);
        return Find(scriptId, key);
    }

    private (LiveScript, ScheduleDescriptor)? Find(string scriptId, string key) =>
        live.Current.Scripts.TryGetValue(scriptId, out var script) && schedules.Of(script.Descriptor).FirstOrDefault(schedule => schedule.Key == key) is { } schedule ? (script, schedule) : null;

    [LoggerMessage(EventId = 620, Level = LogLevel.Error, Message = "A due time of script '{ScriptId}' could not be stored, so its run has not started; it is tried again in {Pause}. Is the database there?")]
    private partial void LogFailed(Exception failure, string scriptId, TimeSpan pause);

    [LoggerMessage(EventId = 621, Level = LogLevel.Information, Message = "Schedule '{Schedule}' of script '{ScriptId}' is due, and is not at work on this node any more, so its turn is left to the node that has it.")]
    private partial void LogUnknown(string scriptId, string schedule);

    [LoggerMessage(EventId = 622, Level = LogLevel.Information, Message = "Script '{ScriptId}' was due at {Due} and is skipped, because run '{RunId}' is still going.")]
    private partial void LogSkipped(string scriptId, DateTimeOffset due, string runId);

    [LoggerMessage(EventId = 626, Level = LogLevel.Error, Message = "A turn of a schedule of script '{ScriptId}' fails although the database is there. Its due times are left to its next turn, within a minute. Other scripts go on.")]
    private partial void LogGivenUp(Exception failure, string scriptId);

    /// <summary>One turn within its transaction, which may be begun again.</summary>
    private sealed class Turn(
        HistoryConnection connection, LiveScript script, ScheduleDescriptor schedule, string? forbidden, DateTimeOffset now, TimeSpan grace, RunFactory factory, ClusterPlacement placement, Orders orders)
    {
        // Whatever else is to be stored waits for the transaction.
        private const int AtOnce = 50;

        private readonly string _script = script.Descriptor.Id;
        private IReadOnlyList<NodeRecord>? _able;

        /// <summary>There is more to catch up than is stored at once: the turn goes on in another transaction.</summary>
        public bool IsPart { get; private set; }

        /// <summary>No node can take the latest times, and they are not decided on.</summary>
        public bool IsUndecided { get; private set; }

        public List<RunInfo> Started { get; } = [];

        public List<(DateTimeOffset Due, string Other)> Skipped { get; } = [];

        public bool Take(DateTimeOffset? due, OccurrenceOutcome otherwise)
        {
            // The clock that has found it due may be a little before this one.
            var until = due > now ? due.Value : now;
            if (ScheduleStore.Of(connection, _script).Find(mark => mark.Key == schedule.Key) is not { } mark)
            {
                // It has just begun, or just gone: nothing before it is its own.
                return false;
            }

            var accounted = mark.Until + schedule.Offset;
            if (forbidden is not null)
            {
                if (MissedOccurrences.Left(_script, schedule, accounted, until.AddTicks(1), OccurrenceOutcome.SkippedPaused, forbidden) is { } left)
                {
                    OccurrenceStore.AddOrExtend(connection, left);
                }

                ScheduleStore.Save(connection, mark with { Until = until - schedule.Offset });
                return true;
            }

            if (FindHindrance() is { } hindrance)
            {
                SetAside(accounted, until, hindrance, mark);
                return true;
            }

            var missedUntil = otherwise == OccurrenceOutcome.SkippedPaused ? now : now - OccurrenceStore.OnTime;
            if (schedule.NextAfter(accounted) is { } first && first <= missedUntil)
            {
                accounted = CatchUp(accounted, first, missedUntil, otherwise);
                if (IsPart)
                {
                    ScheduleStore.Save(connection, mark with { Until = accounted - schedule.Offset });
                    return true;
                }
            }

            // Those of the last seconds are still on time, and have their turn as such, also when their own is late.
            foreach (var time in schedule.TimesFrom(schedule.NextAfter(accounted)).TakeWhile(time => time <= until))
            {
                Fire(time, RunTrigger.Schedule, schedule.Overlap);
                accounted = time;
            }

            ScheduleStore.Save(connection, mark with { Until = accounted - schedule.Offset });
            return true;
        }

        /// <summary>The nodes that can take its runs, the same for the whole turn.</summary>
        private IReadOnlyList<NodeRecord> Able => _able ??= placement.Able(connection, factory.Create(script, RunTrigger.Schedule));

        /// <summary>Why no node can take its runs; null when one can. What any node can take, this one can.</summary>
        private string? FindHindrance() =>
            script.Descriptor is { NodeLabel: null, RunOn: RunOn.OneNode } || Able.Count > 0
                ? null
                : ClusterPlacement.Explain(connection, script.Plugin.Id, script.Descriptor.NodeLabel);

        /// <summary>
        /// What would be caught up if a node came now waits for one; the times before it are missed. Those of the last
        /// seconds are not decided on: the node may be late to check in, or about to have the version.
        /// </summary>
        private void SetAside(DateTimeOffset accounted, DateTimeOffset until, string hindrance, ScheduleMark mark)
        {
            var (before, decidable) = (MissedOccurrences.Decide(schedule, accounted, until).Before, until - grace);
            before = before < decidable ? before : decidable;
            IsUndecided = schedule.NextAfter(accounted > decidable ? accounted : decidable.AddTicks(-1)) <= until;
            if (MissedOccurrences.Left(_script, schedule, accounted, before, OccurrenceOutcome.Missed, hindrance) is { } left)
            {
                OccurrenceStore.AddOrExtend(connection, left);
                ScheduleStore.Save(connection, mark with { Until = before.AddTicks(-1) - schedule.Offset });
            }
        }

        /// <returns>Up to when that accounts for the times.</returns>
        private DateTimeOffset CatchUp(DateTimeOffset accounted, DateTimeOffset first, DateTimeOffset until, OccurrenceOutcome otherwise)
        {
            var missed = MissedOccurrences.Decide(schedule, accounted, until);
            if (first < missed.Before && MissedOccurrences.Left(_script, schedule, accounted, missed.Before, otherwise, missed.Reason) is { } left)
            {
                OccurrenceStore.AddOrExtend(connection, left);
            }

            foreach (var due in missed.ToCatchUp.Take(AtOnce))
            {
                Fire(due, RunTrigger.CatchUp, MissedOccurrences.OverlapOf(schedule));
            }

            IsPart = missed.ToCatchUp.Count > AtOnce;
            return IsPart ? missed.ToCatchUp[AtOnce - 1] : until;
        }

        private void Fire(DateTimeOffset due, RunTrigger trigger, OverlapPolicy overlap)
        {
            ClusterPlacement.TakeTurn(connection, _script);
            if (script.Descriptor.RunOn == RunOn.EveryNode)
            {
                FireOnEvery(due, trigger, overlap);
                return;
            }

            var occurrence = new OccurrenceInfo { Script = _script, Schedule = schedule.Key, Due = due, Until = due, Count = 1, Outcome = OccurrenceOutcome.Pending };
            var others = overlap is OverlapPolicy.Allow or OverlapPolicy.QueueAll ? [] : RunStore.Unfinished(connection, _script);
            if (others.Count > 0 && (overlap == OverlapPolicy.Skip || (overlap == OverlapPolicy.Queue && others.Exists(other => other.State == RunState.Queued))))
            {
                OccurrenceStore.AddOrExtend(connection, occurrence with { Outcome = OccurrenceOutcome.SkippedOverlap, Reason = $"run {others[0].Id} was still going" });
                Skipped.Add((due, others[0].Id));
                return;
            }

            var run = Create(due, trigger, overlap);
            if (OccurrenceStore.Add(connection, occurrence with { RunId = run.Id }))
            {
                Start(placement.Place(connection, run), overlap == OverlapPolicy.CancelPrevious ? others : []);
            }
        }

        /// <summary>Each node is asked by itself whether its last run still goes.</summary>
        private void FireOnEvery(DateTimeOffset due, RunTrigger trigger, OverlapPolicy overlap)
        {
            var occurrence = new OccurrenceInfo { Script = _script, Schedule = schedule.Key, Due = due, Until = due, Count = 1, Outcome = OccurrenceOutcome.Pending };
            var run = Create(due, trigger, overlap);
            var others = overlap is OverlapPolicy.Allow or OverlapPolicy.QueueAll ? [] : RunStore.Unfinished(connection, _script);
            List<NodeRecord> free =
            [
                .. Able.Where(node => !others.Exists(other => other.Node.Equals(node.Id, StringComparison.OrdinalIgnoreCase)
                    && (overlap == OverlapPolicy.Skip || (overlap == OverlapPolicy.Queue && other.State == RunState.Queued)))),
            ];
            if (free.Count == 0)
            {
                OccurrenceStore.AddOrExtend(connection, occurrence with { Outcome = OccurrenceOutcome.SkippedOverlap, Reason = $"on each of {Able.Count} nodes a run was still going, {others[0].Id} first" });
                Skipped.Add((due, others[0].Id));
            }
            else if (OccurrenceStore.Add(connection, occurrence with { RunId = run.Id }))
            {
                // Where nothing new starts, the last one goes on.
                Start(placement.PlaceOnEvery(connection, run, free), overlap == OverlapPolicy.CancelPrevious ? others.FindAll(other => free.Exists(node => node.Id.Equals(other.Node, StringComparison.OrdinalIgnoreCase))) : []);
            }
        }

        private RunInfo Create(DateTimeOffset due, RunTrigger trigger, OverlapPolicy overlap) => factory.Create(script, trigger) with
        {
            ScheduledFor = due, Parameters = (JsonObject?)schedule.Parameters?.DeepClone(), Exclusive = overlap != OverlapPolicy.Allow,
        };

        private void Start(IReadOnlyList<RunInfo> placed, List<RunInfo> toCancel)
        {
            foreach (var run in placed)
            {
                RunStore.Add(connection, run);
                Started.Add(run);
            }

            toCancel.ForEach(other => orders.Cancel(connection, other));
        }
    }
}
