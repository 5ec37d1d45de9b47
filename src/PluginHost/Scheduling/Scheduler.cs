using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PluginHost.History;
using PluginHost.Hosting;
using PluginHost.Running;
using PluginHost.Scripts;
using PluginHost.Swapping;

namespace PluginHost.Scheduling;

/// <summary>Starts scripts at the times of their schedules: one timer for all of them.</summary>
internal sealed partial class Scheduler : BackgroundService
{
    // The clock can be set while we wait; so often it is looked at.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    private readonly LiveRegistry _live;
    private readonly RunService _runs;
    private readonly ScheduleStore _store;
    private readonly ScriptStateStore _scripts;
    private readonly HostEvents _events;
    private readonly TimeProvider _time;
    private readonly ILogger<Scheduler> _logger;
    private readonly Lock _lock = new();
    private readonly Timetable _timetable = new();
    private readonly Dictionary<(string Script, string Key), DateTimeOffset> _accounted;
    private TaskCompletionSource _changed = NewSignal();

    public Scheduler(
        LiveRegistry live, RunService runs, ScheduleStore store, ScriptStateStore scripts, HostEvents events, TimeProvider time, ILogger<Scheduler> logger)
    {
        (_live, _runs, _store, _scripts, _events, _time, _logger) = (live, runs, store, scripts, events, time, logger);
        _accounted = store.GetAll();
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
            foreach (var schedule in script.Descriptor.Schedules)
            {
                CatchUp(script, schedule, _time.GetUtcNow());
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            TimeSpan wait;
            Task changed;
            lock (_lock)
            {
                changed = _changed.Task;
                FireDue();
                wait = _timetable.NextDue is { } due ? due - _time.GetUtcNow() : LongestWait;
            }

            // A timer may end a little early, so the clock decides, not the timer.
            var pause = TimeSpan.FromTicks(Math.Clamp(wait.Ticks, TimeSpan.TicksPerMillisecond, LongestWait.Ticks));
            await Task.WhenAny(Task.Delay(pause, _time, stoppingToken), changed);
        }
    }

    /// <summary>A schedule that the new snapshot still has keeps its place, so that a swap loses no time and doubles none.</summary>
    private void Rebuild(LiveSnapshot snapshot)
    {
        lock (_lock)
        {
            var now = _time.GetUtcNow();
            var wanted = snapshot.Scripts.Values
                .SelectMany(script => script.Descriptor.Schedules.Select(schedule => (Script: script, Schedule: schedule)))
                .ToDictionary(entry => (Script: entry.Script.Descriptor.Id, entry.Schedule.Key));
            foreach (var gone in _timetable.Keys.Except(wanted.Keys).ToList())
            {
                _timetable.Remove(gone);
                _accounted.Remove(gone);
                Store(() => _store.RemoveAsync(gone.Script, gone.Key, CancellationToken.None));
            }

            foreach (var (key, (script, schedule)) in wanted)
            {
                if (_timetable.Keys.Contains(key))
                {
                    _timetable.Replace(key, schedule);
                    continue;
                }

                if (_accounted.ContainsKey(key))
                {
                    CatchUp(script, schedule, now);
                }
                else
                {
                    Account(key, now);
                }

                _timetable.Set(key, schedule, schedule.NextAfter(now));
            }

            _changed.TrySetResult();
            _changed = NewSignal();
        }
    }

    private void FireDue()
    {
        for (var now = _time.GetUtcNow(); _timetable.NextDue is { } due && due <= now; now = _time.GetUtcNow())
        {
            var (key, schedule) = _timetable.First;
            var next = schedule.NextAfter(due);
            if (!_live.Current.Scripts.TryGetValue(key.Script, out var script))
            {
                _timetable.Remove(key);
                continue;
            }

            if (_scripts.IsPaused(key.Script))
            {
                // Not accounted for: on resuming, these are the missed ones.
                _timetable.Set(key, schedule, schedule.NextAfter(now));
            }
            else if (now - due > MissedOccurrences.OnTime)
            {
                CatchUp(script, schedule, now);
                _timetable.Set(key, schedule, schedule.NextAfter(now));
            }
            else
            {
                Account(key, due);
                Start(script, schedule, due, RunTrigger.Schedule);
                _timetable.Set(key, schedule, next);
            }

            _events.Publish(HostEventKind.Script, key.Script);
        }
    }

    private void CatchUp(LiveScript script, ScheduleDescriptor schedule, DateTimeOffset now)
    {
        var key = (script.Descriptor.Id, schedule.Key);
        if (_scripts.IsPaused(script.Descriptor.Id) || !_accounted.TryGetValue(key, out var accounted))
        {
            return;
        }

        var missed = MissedOccurrences.ToCatchUp(schedule, accounted, now);
        if (missed.Count > 0)
        {
            LogCatchUp(script.Descriptor.Id, missed.Count, schedule.Cron, accounted);
        }

        foreach (var due in missed)
        {
            Start(script, schedule, due, RunTrigger.CatchUp);
        }

        Account(key, now);
    }

    private void Account((string Script, string Key) key, DateTimeOffset until)
    {
        _accounted[key] = until;
        Store(() => _store.SetAsync(key.Script, key.Key, until, CancellationToken.None));
    }

    private void Start(LiveScript script, ScheduleDescriptor schedule, DateTimeOffset due, RunTrigger trigger)
    {
        // Several missed times are caught up one after the other, whatever the policy says of regular ones.
        var overlap = trigger == RunTrigger.CatchUp && schedule.CatchUp == CatchUpPolicy.All ? OverlapPolicy.QueueAll : schedule.Overlap;
        Store(() => _runs.StartScheduledAsync(script, overlap, due, trigger, CancellationToken.None));
    }

    /// <summary>The timer does not wait for the disk.</summary>
    private void Store(Func<Task> work) => _ = Task.Run(async () =>
    {
        try
        {
            await work();
        }
        catch (ConflictException)
        {
            // The host is stopping; the time is caught up after its next start.
        }
        catch (Exception failure)
        {
            LogFailed(failure);
        }
    });

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(EventId = 601, Level = LogLevel.Information, Message = "Script '{ScriptId}' catches up {Count} missed times of '{Cron}' since {Since}.")]
    private partial void LogCatchUp(string scriptId, int count, string cron, DateTimeOffset since);

    [LoggerMessage(EventId = 602, Level = LogLevel.Error, Message = "A scheduled run could not be started or stored.")]
    private partial void LogFailed(Exception failure);
}
