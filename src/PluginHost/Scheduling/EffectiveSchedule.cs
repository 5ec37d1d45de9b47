using PluginHost.History;
using PluginHost.Scripts;

namespace PluginHost.Scheduling;

/// <summary>A schedule of a script, and who says so.</summary>
/// <param name="Id">Names it for operators, within its script.</param>
/// <param name="Schedule">The schedule; null when what an operator has set cannot be read any more, or belongs to nothing.</param>
/// <param name="Code">What the code says; null when an operator has added it.</param>
/// <param name="Set">What an operator has set; null when it is as the code says.</param>
/// <param name="Inactive">Why what an operator has set has no effect; null when it has.</param>
internal sealed record EffectiveSchedule(
    string Id, ScheduleDescriptor? Schedule, ScheduleDescriptor? Code, ScheduleOverride? Set = null, string? Inactive = null)
{
    /// <summary>What runs; null when nothing does.</summary>
    public ScheduleDescriptor? Running => Set is { Request.Disabled: true } && Inactive is null ? null : Schedule;

    public ScheduleOrigin Origin => Set switch
    {
        null => ScheduleOrigin.Code,
        { Code: null } => ScheduleOrigin.Added,
        _ => ScheduleOrigin.Override,
    };
}
