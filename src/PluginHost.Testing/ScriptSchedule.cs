using PluginHost.Scripts;

namespace PluginHost.Testing;

/// <summary>When the schedules of a script are due, by the host's own reading of <see cref="ScheduleAttribute"/>: daylight saving time, jitter and windows included.</summary>
public sealed class ScriptSchedule
{
    private const int MostTimes = 100_000;

    private readonly string _id;
    private readonly IReadOnlyList<ScheduleDescriptor> _schedules;

    private ScriptSchedule(string id, IReadOnlyList<ScheduleDescriptor> schedules) => (_id, _schedules) = (id, schedules);

    /// <summary>Reads the schedules of a script.</summary>
    /// <param name="plugin">The id of its plugin, from which jitter and <c>H</c> follow. The default is the name of the assembly, which is that of the project.</param>
    /// <typeparam name="TScript">The class of the script.</typeparam>
    /// <exception cref="ScriptRejectedException">A host would reject the class; every mistake is named.</exception>
    public static ScriptSchedule Of<TScript>(string? plugin = null) where TScript : class, IScript
    {
        var descriptor = TestScript.Read(typeof(TScript), plugin).Class.Descriptor;
        return new ScriptSchedule(descriptor.Id, descriptor.Schedules);
    }

    /// <summary>The times at which the script is due, oldest first; one at which several of its schedules are due is there once for each.</summary>
    /// <param name="from">The first moment that counts.</param>
    /// <param name="to">The first moment that does not any more.</param>
    /// <returns>Each in the offset that its schedule's time zone has then, so that its clock time is that of the zone.</returns>
    /// <exception cref="ArgumentException">There are more than 100,000.</exception>
    public IReadOnlyList<DateTimeOffset> Between(DateTimeOffset from, DateTimeOffset to)
    {
        var times = _schedules
            .SelectMany(schedule => schedule.TimesFrom(schedule.NextAfter(from.AddTicks(-1)))
                .TakeWhile(time => time < to)
                .Select(time => TimeZoneInfo.ConvertTime(time, schedule.TimeZone)))
            .Take(MostTimes + 1)
            .ToList();
        return times.Count <= MostTimes
            ? [.. times.Order()]
            : throw new ArgumentException($"'{_id}' is due more than {MostTimes} times between {from:u} and {to:u}. Ask for a shorter time.", nameof(to));
    }

    /// <summary>The first time after the given one at which the script is due, or null when there is none.</summary>
    /// <param name="time">The moment.</param>
    /// <returns>In the offset that its schedule's time zone has then.</returns>
    public DateTimeOffset? NextAfter(DateTimeOffset time) => _schedules
        .Select(schedule => schedule.NextAfter(time) is { } next ? TimeZoneInfo.ConvertTime(next, schedule.TimeZone) : (DateTimeOffset?)null)
        .Min();

    /// <summary>What a host would warn of: times that clocks skip in spring, dates that are more than a year away, days that have to match twice.</summary>
    /// <param name="now">The moment at which the script goes live.</param>
    public IReadOnlyList<string> GetWarnings(DateTimeOffset now) =>
        [.. _schedules.SelectMany(schedule => ScheduleAdvice.For(schedule, now).Select(advice => $"{schedule.Cron}: {advice}"))];
}
