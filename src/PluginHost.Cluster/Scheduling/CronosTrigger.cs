using Quartz;
using Quartz.Extensibility;
using Quartz.Impl.Triggers;
using PluginHost.History;
using PluginHost.Scripts;

namespace PluginHost.Cluster.Scheduling;

/// <summary>When a schedule is due, as strings and numbers: nothing of a plugin.</summary>
/// <param name="Script">The script, from which <c>H</c> is derived.</param>
/// <param name="Cron">The expression.</param>
/// <param name="TimeZone">The id of its time zone.</param>
/// <param name="Offset">The jitter's share.</param>
/// <param name="Window">The part of time that it is for.</param>
internal sealed record CronosTimes(string Script, string Cron, string TimeZone, TimeSpan Offset, ScheduleWindow? Window)
{
    private readonly Lazy<ScheduleDescriptor?> _schedule = new(() =>
        CronText.TryParse(Cron, ScheduleReader.Seed(Script), out var expression, out _) && TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out var zone)
            ? new ScheduleDescriptor("", Cron, expression, zone, default, default, default, Offset) { Window = Window }
            : null);

    public static CronosTimes Of(string script, ScheduleDescriptor schedule) => new(script, schedule.Cron, schedule.TimeZone.Id, schedule.Offset, schedule.Window);

    public DateTimeOffset? NextAfter(DateTimeOffset time) => _schedule.Value?.NextAfter(time);

    public bool Equals(CronosTimes? other) => other is not null
        && (Script, Cron, TimeZone, Offset, Window) == (other.Script, other.Cron, other.TimeZone, other.Offset, other.Window);

    public override int GetHashCode() => HashCode.Combine(Script, Cron, TimeZone, Offset, Window);
}

/// <summary>A trigger of Quartz that is due when Cronos says so.</summary>
internal sealed class CronosTrigger : TriggerBase
{
    private readonly TimeProvider _time;
    private DateTimeOffset? _next;
    private DateTimeOffset? _previous;

    public CronosTrigger(CronosTimes times, TimeProvider time)
        : base(time) => (Times, _time) = (times, time);

    public CronosTimes Times { get; }

    public override DateTimeOffset? NextFireTimeUtc
    {
        get => _next;
        set => _next = value;
    }

    public override DateTimeOffset? PreviousFireTimeUtc
    {
        get => _previous;
        set => _previous = value;
    }

    public override DateTimeOffset? FinalFireTimeUtc => null;

    public override bool MayFireAgain => _next is not null;

    protected override bool HasMillisecondPrecision => true;

    /// <remarks>The turn that this begins accounts for all that was missed before it, so none begins for each of those.</remarks>
    public override void Triggered(ICalendar? calendar)
    {
        _previous = _next;
        var late = _time.GetUtcNow() - OccurrenceStore.OnTime;
        _next = Times.NextAfter(_next > late ? _next.Value : late);
    }

    public override DateTimeOffset? ComputeFirstFireTimeUtc(ICalendar? calendar) => _next = Times.NextAfter(StartTimeUtc.AddTicks(-1));

    public override DateTimeOffset? GetFireTimeAfter(DateTimeOffset? afterTimeUtc) => Times.NextAfter(afterTimeUtc ?? _time.GetUtcNow());

    public override IScheduleBuilder GetScheduleBuilder() => new CronosScheduleBuilder(Times, _time);

    public override void UpdateWithNewCalendar(ICalendar? calendar, TimeSpan misfireThreshold)
    {
        // There are no calendars: what a schedule leaves out is in its expression and its window.
    }

    public override void UpdateAfterMisfire(ICalendar? calendar)
    {
        // However late, it has its turn: what that comes to is decided there.
    }

    protected override bool ValidateMisfireInstruction(int misfireInstruction) => true;
}

/// <summary>Makes such a trigger.</summary>
internal sealed class CronosScheduleBuilder(CronosTimes times, TimeProvider time) : IScheduleBuilder
{
    // Quartz: never a misfire, however late.
    private const int IgnoreMisfires = -1;

    public IMutableTrigger Build() => new CronosTrigger(times, time) { MisfireInstructionCode = IgnoreMisfires };
}
