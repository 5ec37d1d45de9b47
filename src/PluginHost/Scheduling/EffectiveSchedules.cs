using System.Globalization;
using PluginHost.History;
using PluginHost.Scripts;

namespace PluginHost.Scheduling;

/// <summary>Which schedules run: those of the code, as operators have changed them, and those that they have added.</summary>
internal sealed class EffectiveSchedules(ScheduleOverrideStore overrides)
{
    private const int IdLength = 8;

    /// <summary>The schedules of a script that run.</summary>
    public IReadOnlyList<ScheduleDescriptor> Of(ScriptDescriptor script) => overrides.Of(script.Id).IsEmpty
        ? script.Schedules
        : [.. Describe(script).Select(schedule => schedule.Running).OfType<ScheduleDescriptor>()];

    /// <summary>All that is known of a script's schedules: also what does not run, and why.</summary>
    public IReadOnlyList<EffectiveSchedule> Describe(ScriptDescriptor script)
    {
        var set = overrides.Of(script.Id);
        var code = script.Schedules.Select(schedule => (Id: IdOf(schedule), Schedule: schedule)).ToList();
        return
        [
            .. code.Select(own => Find(set, own.Id) is { Code: not null } mine
                ? Change(script, own.Schedule, mine)
                : new EffectiveSchedule(own.Id, own.Schedule, own.Schedule)),
            .. set.Where(mine => mine.Code is null).Select(mine => Add(script, mine)),
            .. set.Where(mine => mine.Code is not null && code.TrueForAll(own => !own.Id.Equals(mine.Id, StringComparison.OrdinalIgnoreCase)))
                .Select(mine => new EffectiveSchedule(
                    mine.Id, null, null, mine, $"The live version has no schedule \"{mine.Code!.Cron}\" in {mine.Code.TimeZone} any more, so there is nothing to override. Delete this, or add a schedule of your own.")),
        ];
    }

    /// <summary>Of a script's schedules those that an operator has set.</summary>
    public IEnumerable<EffectiveSchedule> DescribeSet(ScriptDescriptor script) =>
        overrides.Of(script.Id).IsEmpty ? [] : Describe(script).Where(schedule => schedule.Set is not null);

    /// <summary>Names a schedule of the code for operators, the same as long as its expression and its time zone are.</summary>
    public static string IdOf(ScheduleDescriptor schedule) => StableHash.Of(schedule.Key).ToString("x16", CultureInfo.InvariantCulture)[..IdLength];

    /// <summary>Whether a name looks like an id of the code's.</summary>
    public static bool IsIdOfCode(string id) => id.Length == IdLength && id.All(char.IsAsciiHexDigit);

    /// <summary>Reads what an operator wants.</summary>
    /// <param name="scriptId">The script.</param>
    /// <param name="id">The schedule within it.</param>
    /// <param name="request">What is wanted.</param>
    /// <param name="code">What the code says; null for a schedule that is added.</param>
    /// <param name="wrong">Told each mistake: the property, and a sentence.</param>
    /// <returns>The schedule, or null when there are mistakes.</returns>
    public static ScheduleDescriptor? Read(string scriptId, string id, ScheduleRequest request, ScheduleDescriptor? code, Action<string, string> wrong) =>
        // Another expression has another key: it begins now, and what the old one has missed is not its own.
        ScheduleText.Read(scriptId, request, code, key => $"{key}#{id.ToLowerInvariant()}", wrong);

    private static EffectiveSchedule Change(ScriptDescriptor script, ScheduleDescriptor code, ScheduleOverride mine)
    {
        var problems = new List<string>();
        return Read(script.Id, mine.Id, mine.Request, code, (_, problem) => problems.Add(problem)) is { } changed
            ? new EffectiveSchedule(mine.Id, changed, code, mine)
            : new EffectiveSchedule(mine.Id, code, code, mine, $"It runs as the code says, because what was set cannot be read any more: {string.Join(" ", problems)}");
    }

    private static EffectiveSchedule Add(ScriptDescriptor script, ScheduleOverride mine)
    {
        var problems = new List<string>();
        return Read(script.Id, mine.Id, mine.Request, null, (_, problem) => problems.Add(problem)) is { } added
            ? new EffectiveSchedule(mine.Id, added, null, mine)
            : new EffectiveSchedule(mine.Id, null, null, mine, $"It does not run, because it cannot be read any more: {string.Join(" ", problems)}");
    }

    private static ScheduleOverride? Find(IEnumerable<ScheduleOverride> set, string id) =>
        set.FirstOrDefault(mine => mine.Id.Equals(id, StringComparison.OrdinalIgnoreCase));
}
