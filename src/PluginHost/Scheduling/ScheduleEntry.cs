using PluginHost.Scripts;

namespace PluginHost.Scheduling;

/// <summary>A schedule at work. There can be a hundred thousand, so it holds numbers where others hold objects.</summary>
/// <param name="script">The script's id.</param>
/// <param name="schedule">The schedule as the live version, or the operator, has it.</param>
/// <param name="mark">Up to when its times are accounted for, as the expression says, without jitter.</param>
/// <param name="sequence">Which of those that are due at the same moment comes first.</param>
internal sealed class ScheduleEntry(string script, ScheduleDescriptor schedule, DateTimeOffset mark, long sequence)
{
    private const long Never = long.MaxValue;

    private long _mark = mark.UtcTicks;
    private long _due = Never;
    private long _newest = Never;

    public string Script { get; set; } = script;

    public ScheduleDescriptor Schedule { get; set; } = schedule;

    public long Sequence => sequence;

    /// <summary>Where it stands in the <see cref="DueQueue"/>; less than zero when it does not.</summary>
    public int Place { get; set; } = -1;

    /// <summary>Whether there may be times before <see cref="Due"/> that are not accounted for.</summary>
    public bool HasGap { get; set; }

    /// <summary>The latest of its times that has had its turn, whether here or before; null as long as nobody has asked the ledger.</summary>
    public DateTimeOffset? Newest
    {
        get => _newest == Never ? null : new DateTimeOffset(_newest, TimeSpan.Zero);
        set => _newest = value?.UtcTicks ?? Never;
    }

    public DateTimeOffset Mark
    {
        get => new(_mark, TimeSpan.Zero);
        set => _mark = value.UtcTicks;
    }

    /// <summary>Up to when its times are accounted for, the jitter included.</summary>
    public DateTimeOffset Accounted => new(_mark + Schedule.Offset.Ticks, TimeSpan.Zero);

    /// <summary>When it is due next; null when never again. The <see cref="Timetable"/> sets it.</summary>
    public DateTimeOffset? Due
    {
        get => _due == Never ? null : new DateTimeOffset(_due, TimeSpan.Zero);
        set => _due = value?.UtcTicks ?? Never;
    }

    public bool ComesBefore(ScheduleEntry other) => _due < other._due || (_due == other._due && sequence < other.Sequence);
}
