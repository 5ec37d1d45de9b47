using System.Runtime.CompilerServices;
using PluginHost.Scripts;

namespace PluginHost.Scheduling;

/// <summary>The times at which schedules run next, found once for each first one: that stays until it is due, and is looked at far more often.</summary>
internal sealed class NextTimes
{
    /// <summary>How many are shown of a schedule.</summary>
    public const int Shown = 5;

    // By the schedule itself, not by what it says: one that is replaced is forgotten together with its version.
    private readonly ConditionalWeakTable<ScheduleDescriptor, DateTimeOffset[]> _known = [];

    /// <summary>A time of a schedule, and those that follow.</summary>
    public IReadOnlyList<DateTimeOffset> Of(ScheduleDescriptor schedule, DateTimeOffset first)
    {
        if (!_known.TryGetValue(schedule, out var times) || times[0] != first)
        {
            _known.AddOrUpdate(schedule, times = [.. schedule.TimesFrom(first).Take(Shown)]);
        }

        return times;
    }
}
