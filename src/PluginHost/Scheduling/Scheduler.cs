using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PluginHost.History;
using PluginHost.Swapping;

namespace PluginHost.Scheduling;

/// <summary>Starts scripts at the times of their schedules: one alarm for all of them.</summary>
internal sealed partial class Scheduler : BackgroundService
{
    // Between so many that are due at once, others may look at the schedules.
    private const int AtOnce = 500;

    // The clock can be set while we wait; so often it is looked at.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    private readonly LiveRegistry _live;
    private readonly EffectiveSchedules _schedules;
    private readonly ScheduleKeeper _keeper;
    private readonly ScheduleWriter _writer;
    private readonly TimeProvider _time;
    private readonly ILogger<Scheduler> _logger;
    private readonly Lock _lock = new();
    private DateTimeOffset _lastLook;
    private Alarm? _alarm;

    public Scheduler(
        LiveRegistry live, EffectiveSchedules schedules, ScheduleKeeper keeper, ScheduleWriter writer, TimeProvider time, ILogger<Scheduler> logger)
    {
        (_live, _schedules, _keeper, _writer, _time, _logger) = (live, schedules, keeper, writer, time, logger);
        live.Swapped += Rebuild;
    }

    /// <summary>The schedules of a paused script go on: what was missed meanwhile is caught up as each of them says.</summary>
    public void Resumed(string scriptId) => Change(now => _keeper.CatchUpAfterPause(scriptId, now));

    /// <summary>The host has left its safe mode: what was missed meanwhile is caught up as each schedule says.</summary>
    public void SafeModeLeft() => Change(now =>
    {
        foreach (var script in _live.Current.Scripts.Keys)
        {
            _keeper.CatchUpAfterPause(script, now, OccurrenceOutcome.Missed);
        }
    });

    /// <summary>An operator has set other schedules for a script.</summary>
    public void Changed(string scriptId) => Change(now => _keeper.Reconcile(scriptId, now));

    /// <summary>When the schedules of a script are due next, by their keys.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> DueTimes(string scriptId)
    {
        lock (_lock)
        {
            return _keeper.DueTimes(scriptId);
        }
    }

    /// <summary>When it answers, no time that comes is missed.</summary>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _alarm = Alarm.Create(_time, Tick);
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
        while (!FireSome())
        {
        }
    }

    private bool FireSome()
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
                if (!_keeper.FireDue(now, AtOnce))
                {
                    return false;
                }

                Arm();
            }
            catch (Exception failure)
            {
                // On its thread this would end the process. What fails now may not fail later, but would at once.
                LogFailed(failure);
                _alarm?.Set(LongestWait);
            }

            return true;
        }
    }

    /// <summary>What was due before a change is not lost by it; what is due after it, by one clock, is the new schedule's.</summary>
    private void Change(Action<DateTimeOffset> change)
    {
        lock (_lock)
        {
            var now = _time.GetUtcNow();
            _keeper.FireDue(now);
            change(now);
            Arm();
        }
    }

    private void Rebuild(LiveSnapshot before, LiveSnapshot snapshot)
    {
        var differing = snapshot.ScriptsThatDiffer(before).ToHashSet(StringComparer.OrdinalIgnoreCase);
        Change(now =>
        {
            foreach (var script in differing)
            {
                _keeper.Reconcile(script, now);
            }
        });
        foreach (var script in differing)
        {
            TellWhatIsInactive(script);
        }
    }

    private void TellWhatIsInactive(string scriptId)
    {
        if (_live.Current.Scripts.TryGetValue(scriptId, out var script))
        {
            foreach (var schedule in _schedules.DescribeSet(script.Descriptor).Where(schedule => schedule.Inactive is not null))
            {
                LogInactive(script.Descriptor.Id, schedule.Id, schedule.Inactive!);
            }
        }
    }

    private void Stop()
    {
        lock (_lock)
        {
            _alarm?.Dispose();
            _alarm = null;
        }

        _writer.Complete();
    }

    private void Arm()
    {
        // An alarm may ring a little early, so the clock decides, not the alarm.
        var wait = _keeper.NextDue is { } due ? due - _time.GetUtcNow() : LongestWait;
        _alarm?.Set(TimeSpan.FromTicks(Math.Clamp(wait.Ticks, TimeSpan.TicksPerMillisecond, LongestWait.Ticks)));
    }

    [LoggerMessage(EventId = 605, Level = LogLevel.Warning, Message = "The clock was set back by {Span}. What was due until {Until} has had its turn, and is not due again.")]
    private partial void LogSetBack(TimeSpan span, DateTimeOffset until);

    [LoggerMessage(EventId = 604, Level = LogLevel.Critical, Message = "The schedules cannot be worked through.")]
    private partial void LogFailed(Exception failure);

    [LoggerMessage(EventId = 606, Level = LogLevel.Warning, Message = "What is set for schedule '{ScheduleId}' of script '{ScriptId}' has no effect. {Reason}")]
    private partial void LogInactive(string scriptId, string scheduleId, string reason);
}
