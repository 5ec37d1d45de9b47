using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PluginHost.History;
using PluginHost.Scripts;
using PluginHost.Swapping;

namespace PluginHost.Scheduling;

/// <summary>Starts scripts at the times of their schedules: one timer for all of them.</summary>
internal sealed partial class Scheduler : BackgroundService
{
    // The clock can be set while we wait; so often it is looked at.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    private readonly LiveRegistry _live;
    private readonly ScheduleWriter _writer;
    private readonly ScriptStateStore _scripts;
    private readonly TimeProvider _time;
    private readonly ILogger<Scheduler> _logger;
    private readonly Lock _lock = new();
    private readonly Timetable _timetable = new();
    private readonly Dictionary<(string Script, string Key), DateTimeOffset> _marks;
    private DateTimeOffset _lastLook;
    private ITimer? _timer;

    public Scheduler(
        LiveRegistry live, ScheduleWriter writer, ScheduleStore store, ScriptStateStore scripts, TimeProvider time, ILogger<Scheduler> logger)
    {
        (_live, _writer, _scripts, _time, _logger) = (live, writer, scripts, time, logger);
        _marks = store.GetAll();
        live.Swapped += Rebuild;
    }

    /// <summary>The schedules of a paused script go on: what was missed meanwhile is caught up as each of them says.</summary>
    public void Resumed(string scriptId)
    {
        if (!_live.Current.Scripts.TryGetValue(scriptId, out var script))
        {
            return;
        }

        lock (_lock)
        {
            // What is due at this very moment is not a missed time.
            var now = _time.GetUtcNow();
            FireDue(now);
            foreach (var schedule in script.Descriptor.Schedules)
            {
                var key = (script.Descriptor.Id, schedule.Key);
                if (_marks.ContainsKey(key))
                {
                    CatchUp(key, script, schedule, now, OccurrenceOutcome.SkippedPaused);
                }
            }

            Arm();
        }
    }

    /// <summary>When it answers, no time that comes is missed.</summary>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _timer = _time.CreateTimer(_ => Tick(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        Tick();
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var stop = stoppingToken.Register(Stop);
        await _writer.RunAsync(stoppingToken);
    }

    private void Tick()
    {
        lock (_lock)
        {
            try
            {
                var now = _time.GetUtcNow();
                if (_lastLook - now > OccurrenceStore.OnTime)
                {
                    LogSetBack(_lastLook - now, _lastLook);
                }

                _lastLook = now;
                FireDue(now);
                Arm();
            }
            catch (Exception failure)
            {
                // On a timer this would end the process. What fails now may not fail later, but would at once.
                LogFailed(failure);
                _timer?.Change(LongestWait, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void Stop()
    {
        lock (_lock)
        {
            _timer?.Dispose();
            _timer = null;
        }

        _writer.Complete();
    }

    private void Arm()
    {
        // A timer may end a little early, so the clock decides, not the timer.
        var wait = _timetable.NextDue is { } due ? due - _time.GetUtcNow() : LongestWait;
        _timer?.Change(TimeSpan.FromTicks(Math.Clamp(wait.Ticks, TimeSpan.TicksPerMillisecond, LongestWait.Ticks)), Timeout.InfiniteTimeSpan);
    }

    /// <summary>A schedule that the new snapshot still has keeps its place, so that a swap loses no time and doubles none.</summary>
    private void Rebuild(LiveSnapshot snapshot)
    {
        lock (_lock)
        {
            // What was due before the swap is not lost by it; what is due after it, by one clock, is the new version's.
            var now = _time.GetUtcNow();
            FireDue(now);
            var wanted = snapshot.Scripts.Values
                .SelectMany(script => script.Descriptor.Schedules.Select(schedule => (Script: script, Schedule: schedule)))
                .ToDictionary(entry => (Script: entry.Script.Descriptor.Id, entry.Schedule.Key));
            foreach (var gone in _timetable.Keys.Except(wanted.Keys).ToList())
            {
                Forget(gone);
            }

            foreach (var (key, (script, schedule)) in wanted)
            {
                if (_timetable.Find(key) is { } current)
                {
                    Replace(key, script, current.Schedule, schedule, current.Due, now);
                }
                else
                {
                    Enter(key, script, schedule, now);
                }
            }

            Arm();
        }
    }

    private void Enter((string Script, string Key) key, LiveScript script, ScheduleDescriptor schedule, DateTimeOffset now)
    {
        if (_marks.ContainsKey(key))
        {
            CatchUp(key, script, schedule, now);
        }
        else
        {
            _writer.Account(Mark(key, schedule, now));
        }

        // A mark ahead of the clock was set before the clock was set back: these times had their turn.
        var accounted = Accounted(key, schedule);
        if (accounted > now)
        {
            LogAhead(key.Script, schedule.Cron, accounted);
        }

        _timetable.Set(key, schedule, schedule.NextAfter(accounted > now ? accounted : now));
    }

    /// <summary>The schedule has other policies, or another jitter, which moves the time that is due next.</summary>
    private void Replace((string Script, string Key) key, LiveScript script, ScheduleDescriptor old, ScheduleDescriptor schedule, DateTimeOffset? due, DateTimeOffset now)
    {
        var moved = due + (schedule.Offset - old.Offset);
        _timetable.Set(key, schedule, moved);
        if (moved <= now && !_scripts.IsPaused(key.Script))
        {
            // Moved into the past, it is not missed, but due now.
            Fire(key, script, schedule, moved.Value);
        }
    }

    private void FireDue(DateTimeOffset now)
    {
        while (_timetable.NextDue is { } due && due <= now)
        {
            var (key, schedule) = _timetable.First;
            if (!_live.Current.Scripts.TryGetValue(key.Script, out var script))
            {
                Forget(key);
            }
            else if (_scripts.IsPaused(key.Script))
            {
                // Not accounted for: on resuming, these are the missed ones.
                _timetable.Set(key, schedule, schedule.NextAfter(now));
                _writer.Tell(key.Script);
            }
            else if (now - due > OccurrenceStore.OnTime)
            {
                // Those of the last seconds are still on time, and have their turn as such.
                var missedUntil = now - OccurrenceStore.OnTime;
                CatchUp(key, script, schedule, missedUntil);
                _timetable.Set(key, schedule, schedule.NextAfter(missedUntil));
            }
            else
            {
                // Resumed an instant ago, it may have missed times before this one, which are not accounted for yet.
                CatchUp(key, script, schedule, due.AddTicks(-1));
                Fire(key, script, schedule, due);
            }
        }
    }

    /// <summary>Starts the script for one time, unless that had its turn, and goes on to the next.</summary>
    private void Fire((string Script, string Key) key, LiveScript script, ScheduleDescriptor schedule, DateTimeOffset due)
    {
        if (due > Accounted(key, schedule))
        {
            _writer.Start(script, schedule.Overlap, due, RunTrigger.Schedule, Mark(key, schedule, due));
        }

        _timetable.Set(key, schedule, schedule.NextAfter(due));
    }

    /// <summary>Accounts for the times up to a moment that have not had their turn.</summary>
    private void CatchUp(
        (string Script, string Key) key, LiveScript script, ScheduleDescriptor schedule, DateTimeOffset until,
        OccurrenceOutcome otherwise = OccurrenceOutcome.Missed)
    {
        var accounted = Accounted(key, schedule);
        if (_scripts.IsPaused(key.Script) || schedule.NextAfter(accounted) is not { } first || first > until)
        {
            return;
        }

        var missed = MissedOccurrences.Decide(schedule, accounted, until);
        LogCatchUp(key.Script, missed.ToCatchUp.Count, schedule.Cron, accounted);
        if (first < missed.Before)
        {
            _writer.Leave(schedule, accounted, missed.Before, otherwise, missed.Reason, Mark(key, schedule, missed.Before.AddTicks(-1)));
        }

        // Several missed times are caught up one after the other, whatever the policy says of regular ones.
        var overlap = schedule.CatchUp == CatchUpPolicy.All ? OverlapPolicy.QueueAll : schedule.Overlap;
        foreach (var due in missed.ToCatchUp)
        {
            _writer.Start(script, overlap, due, RunTrigger.CatchUp, Mark(key, schedule, due));
        }

        _writer.Account(Mark(key, schedule, until));
    }

    private ScheduleMark Mark((string Script, string Key) key, ScheduleDescriptor schedule, DateTimeOffset until)
    {
        var mark = new ScheduleMark(key.Script, key.Key, until - schedule.Offset);
        _marks[key] = mark.Until;
        return mark;
    }

    private DateTimeOffset Accounted((string Script, string Key) key, ScheduleDescriptor schedule) => _marks[key] + schedule.Offset;

    private void Forget((string Script, string Key) key)
    {
        _timetable.Remove(key);
        _marks.Remove(key);
        _writer.Forget(key.Script, key.Key);
    }

    [LoggerMessage(EventId = 601, Level = LogLevel.Information, Message = "Script '{ScriptId}' catches up {Count} missed times of '{Cron}' since {Since}.")]
    private partial void LogCatchUp(string scriptId, int count, string cron, DateTimeOffset since);

    [LoggerMessage(EventId = 603, Level = LogLevel.Warning, Message = "Script '{ScriptId}' had the times of '{Cron}' up to {Until} already, which the clock has yet to reach; until then none is due. Was the clock set back?")]
    private partial void LogAhead(string scriptId, string cron, DateTimeOffset until);

    [LoggerMessage(EventId = 605, Level = LogLevel.Warning, Message = "The clock was set back by {Span}. What was due until {Until} has had its turn, and is not due again.")]
    private partial void LogSetBack(TimeSpan span, DateTimeOffset until);

    [LoggerMessage(EventId = 604, Level = LogLevel.Critical, Message = "The schedules cannot be worked through.")]
    private partial void LogFailed(Exception failure);
}
