using Microsoft.Extensions.Logging;
using PluginHost.Crashes;
using PluginHost.History;
using PluginHost.Scripts;
using PluginHost.Swapping;

namespace PluginHost.Scheduling;

/// <summary>Gives each time of each schedule its turn, once, and keeps account of it. Not safe to use from several threads.</summary>
internal sealed partial class ScheduleKeeper
{
    private readonly LiveRegistry _live;
    private readonly EffectiveSchedules _schedules;
    private readonly ScheduleWriter _writer;
    private readonly SelfStarts _selfStarts;
    private readonly IRunPlacement _placement;
    private readonly ILogger _logger;
    private readonly Timetable _timetable = new();
    private readonly StoredMarks _marks;

    public ScheduleKeeper(
        LiveRegistry live, EffectiveSchedules schedules, ScheduleWriter writer, ScheduleStore store, SelfStarts selfStarts, IRunPlacement placement, ILogger<ScheduleKeeper> logger)
    {
        (_live, _schedules, _writer, _selfStarts, _placement, _logger) = (live, schedules, writer, selfStarts, placement, logger);
        _marks = new StoredMarks(store.GetAll());
    }

    public DateTimeOffset? NextDue => _timetable.First?.Due;

    /// <summary>When the schedules of a script are due next, by their keys.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> DueTimes(string scriptId) =>
        _timetable.Of(scriptId).Where(entry => entry.Due is not null).ToDictionary(entry => entry.Schedule.Key, entry => entry.Due!.Value, StringComparer.Ordinal);

    /// <summary>Gives what is due its turn.</summary>
    /// <param name="now">The time.</param>
    /// <param name="most">How many at most.</param>
    /// <returns>Whether nothing more is due.</returns>
    public bool FireDue(DateTimeOffset now, int most = int.MaxValue)
    {
        while (_timetable.First is { Due: { } due } entry && due <= now)
        {
            if (most-- == 0)
            {
                return false;
            }

            FireDue(entry, due, now);
        }

        return true;
    }

    /// <summary>The script has other schedules, or is live no more. A schedule that it still has keeps its place, so that a swap loses no time and doubles none.</summary>
    public void Reconcile(string scriptId, DateTimeOffset now)
    {
        var script = _live.Current.Scripts.GetValueOrDefault(scriptId);
        var wanted = script is null ? [] : _schedules.Of(script.Descriptor);
        var present = _timetable.Of(scriptId).ToDictionary(entry => entry.Schedule.Key, StringComparer.Ordinal);
        var keys = wanted.Select(schedule => schedule.Key).ToHashSet(StringComparer.Ordinal);
        foreach (var gone in present.Values.Where(entry => !keys.Contains(entry.Schedule.Key)))
        {
            Forget(gone, now);
        }

        if (script is null)
        {
            return;
        }

        var marks = _marks.Take(scriptId);
        var begun = new List<ScheduleMark>();
        foreach (var schedule in wanted)
        {
            if (present.TryGetValue(schedule.Key, out var entry))
            {
                Replace(entry, script, schedule, now);
            }
            else if (marks.Remove(schedule.Key, out var mark))
            {
                Resume(script, schedule, mark, now);
            }
            else
            {
                begun.Add(Begin(script, schedule, now));
            }
        }

        if (begun.Count > 0)
        {
            _writer.Account(script.Descriptor.Id, begun);
        }

        // Of schedules that went while their marks were only on disk: if they come back, they begin anew.
        foreach (var key in marks.Keys)
        {
            _writer.Forget(script.Descriptor.Id, key);
        }
    }

    /// <summary>The schedules of a script that was paused go on: what was missed meanwhile is caught up as each of them says.</summary>
    public void CatchUpAfterPause(string scriptId, DateTimeOffset now, OccurrenceOutcome otherwise = OccurrenceOutcome.SkippedPaused)
    {
        if (_live.Current.Scripts.TryGetValue(scriptId, out var script))
        {
            foreach (var entry in _timetable.Of(scriptId))
            {
                CatchUp(entry, script, now, otherwise);
            }
        }
    }

    /// <summary>Nothing before this moment is its own: it has missed nothing.</summary>
    private ScheduleMark Begin(LiveScript script, ScheduleDescriptor schedule, DateTimeOffset now)
    {
        var entry = _timetable.Enter(script.Descriptor.Id, schedule, now - schedule.Offset);
        SetDueAfter(entry, now);
        return Mark(entry, now);
    }

    /// <summary>It was at work in the last run of the host.</summary>
    private void Resume(LiveScript script, ScheduleDescriptor schedule, DateTimeOffset mark, DateTimeOffset now)
    {
        var entry = _timetable.Enter(script.Descriptor.Id, schedule, mark);
        CatchUp(entry, script, now);

        // A mark ahead of the clock was set before the clock was set back: these times had their turn.
        if (entry.Accounted > now)
        {
            LogAhead(entry.Script, schedule.Cron, entry.Accounted);
        }

        SetDueAfter(entry, entry.Accounted > now ? entry.Accounted : now);
    }

    /// <summary>The schedule has other policies, another jitter, which moves the time that is due next, or another window.</summary>
    private void Replace(ScheduleEntry entry, LiveScript script, ScheduleDescriptor schedule, DateTimeOffset now)
    {
        var old = entry.Schedule;
        if (old.Window != schedule.Window)
        {
            // The new window is for times to come: what the old one left out has not been missed.
            LeaveGap(entry, now, "the window of the schedule was changed while its script was paused, or no node could take it");
            (entry.Script, entry.Schedule) = (script.Descriptor.Id, schedule);
            if (entry.Accounted < now)
            {
                _writer.Account(Mark(entry, now));
            }

            SetDueAfter(entry, entry.Accounted > now ? entry.Accounted : now);
            return;
        }

        var moved = entry.Due + (schedule.Offset - old.Offset);
        (entry.Script, entry.Schedule) = (script.Descriptor.Id, schedule);
        _timetable.SetDue(entry, moved);
        if (moved <= now && !_selfStarts.AreHeld(entry.Script) && _placement.RefuseHere(script.Descriptor.NodeLabel) is null)
        {
            // Moved into the past, it is not missed, but due now.
            Fire(entry, script, moved.Value);
        }
    }

    private void FireDue(ScheduleEntry entry, DateTimeOffset due, DateTimeOffset now)
    {
        if (!_live.Current.Scripts.TryGetValue(entry.Script, out var script))
        {
            Forget(entry, now);
        }
        else if (_selfStarts.AreHeld(entry.Script))
        {
            // Not accounted for: on resuming, these are the missed ones.
            SetDueAfter(entry, now);
            _writer.Tell(entry.Script);
        }
        else if (_placement.RefuseHere(script.Descriptor.NodeLabel) is { } hindrance)
        {
            SetAside(entry, now, hindrance);
            SetDueAfter(entry, now);
            _writer.Tell(entry.Script);
        }
        else if (now - due > OccurrenceStore.OnTime)
        {
            // Those of the last seconds are still on time, and have their turn as such.
            var missedUntil = now - OccurrenceStore.OnTime;
            CatchUp(entry, script, missedUntil);
            SetDueAfter(entry, missedUntil);
        }
        else
        {
            if (entry.HasGap)
            {
                // Resumed an instant ago, it may have missed times before this one, which are not accounted for yet.
                CatchUp(entry, script, due.AddTicks(-1));
            }

            Fire(entry, script, due);
        }
    }

    /// <summary>Starts the script for one time, unless that had its turn, and goes on to the next.</summary>
    private void Fire(ScheduleEntry entry, LiveScript script, DateTimeOffset due)
    {
        if (due > entry.Accounted && _selfStarts.Forbid(script) is { } reason)
        {
            _writer.Leave(entry, due.AddTicks(-1), due.AddTicks(1), OccurrenceOutcome.SkippedPaused, reason, Mark(entry, due));
        }
        else if (due > entry.Accounted)
        {
            _writer.Start(script, entry, entry.Schedule.Overlap, due, RunTrigger.Schedule, Mark(entry, due));
        }

        SetDueAfter(entry, due);
    }

    /// <summary>Accounts for the times up to a moment that have not had their turn.</summary>
    private void CatchUp(ScheduleEntry entry, LiveScript script, DateTimeOffset until, OccurrenceOutcome otherwise = OccurrenceOutcome.Missed)
    {
        var (schedule, accounted) = (entry.Schedule, entry.Accounted);
        if (_selfStarts.AreHeld(entry.Script) || schedule.NextAfter(accounted) is not { } first || first > until)
        {
            return;
        }

        if (_selfStarts.Forbid(script) is { } reason)
        {
            _writer.Leave(entry, accounted, until.AddTicks(1), OccurrenceOutcome.SkippedPaused, reason, Mark(entry, until));
            return;
        }

        if (_placement.RefuseHere(script.Descriptor.NodeLabel) is { } hindrance)
        {
            SetAside(entry, until, hindrance);
            return;
        }

        var missed = MissedOccurrences.Decide(schedule, accounted, until);
        LogCatchUp(entry.Script, missed.ToCatchUp.Count, schedule.Cron, accounted);
        if (first < missed.Before)
        {
            _writer.Leave(entry, accounted, missed.Before, otherwise, missed.Reason, Mark(entry, missed.Before.AddTicks(-1)));
        }

        foreach (var due in missed.ToCatchUp)
        {
            _writer.Start(script, entry, MissedOccurrences.OverlapOf(schedule), due, RunTrigger.CatchUp, Mark(entry, due));
        }

        _writer.Account(Mark(entry, until));
    }

    /// <summary>Nothing can run it here. What would be caught up if something could now waits for that; the times before it are missed.</summary>
    private void SetAside(ScheduleEntry entry, DateTimeOffset until, string hindrance)
    {
        var before = MissedOccurrences.Decide(entry.Schedule, entry.Accounted, until).Before;
        if (entry.Schedule.NextAfter(entry.Accounted) < before)
        {
            _writer.Leave(entry, entry.Accounted, before, OccurrenceOutcome.Missed, hindrance, Mark(entry, before.AddTicks(-1)));
        }
    }

    private void Forget(ScheduleEntry entry, DateTimeOffset now)
    {
        LeaveGap(entry, now, "the schedule was changed or removed while its script was paused, or no node could take it");
        _timetable.Remove(entry);
        _writer.Forget(entry.Script, entry.Schedule.Key);
    }

    /// <summary>What a pause kept from its turn is not lost without a word.</summary>
    private void LeaveGap(ScheduleEntry entry, DateTimeOffset until, string reason)
    {
        if (entry.HasGap && entry.Accounted < until)
        {
            _writer.Leave(entry, entry.Accounted, until.AddTicks(1), OccurrenceOutcome.SkippedPaused, reason, Mark(entry, until));
        }
    }

    private void SetDueAfter(ScheduleEntry entry, DateTimeOffset after)
    {
        entry.HasGap = entry.Accounted < after;
        _timetable.SetDue(entry, entry.Schedule.NextAfter(after));
    }

    private static ScheduleMark Mark(ScheduleEntry entry, DateTimeOffset until)
    {
        entry.Mark = until - entry.Schedule.Offset;
        return new ScheduleMark(entry.Script, entry.Schedule.Key, entry.Mark);
    }

    [LoggerMessage(EventId = 601, Level = LogLevel.Information, Message = "Script '{ScriptId}' catches up {Count} missed times of '{Cron}' since {Since}.")]
    private partial void LogCatchUp(string scriptId, int count, string cron, DateTimeOffset since);

    [LoggerMessage(EventId = 603, Level = LogLevel.Warning, Message = "Script '{ScriptId}' had the times of '{Cron}' up to {Until} already, which the clock has yet to reach; until then none is due. Was the clock set back?")]
    private partial void LogAhead(string scriptId, string cron, DateTimeOffset until);
}
