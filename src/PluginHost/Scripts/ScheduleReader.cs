namespace PluginHost.Scripts;

/// <summary>Reads the schedules of one script from its attributes.</summary>
/// <param name="scriptId">The script.</param>
/// <param name="report">Told each mistake, as a sentence.</param>
internal sealed class ScheduleReader(string scriptId, Action<string> report)
{
    // Without regard to case, as the ids that are made of the keys.
    private readonly HashSet<string> _keys = new(StringComparer.OrdinalIgnoreCase);

    public IReadOnlyList<ScheduleDescriptor> Read(IEnumerable<ScheduleAttribute> schedules) =>
        [.. schedules.Select(Read).OfType<ScheduleDescriptor>()];

    private ScheduleDescriptor? Read(ScheduleAttribute schedule) => ScheduleText.Read(
        scriptId,
        new ScheduleRequest
        {
            Cron = schedule.Cron,
            TimeZone = schedule.TimeZone ?? "",
            Overlap = schedule.Overlap,
            CatchUp = schedule.CatchUp,
            CatchUpWindow = schedule.CatchUpWindow,
            Jitter = schedule.Jitter,
            From = schedule.From,
            Until = schedule.Until,
        },
        basis: null,
        UniqueKey,
        (_, problem) => report($"Schedule \"{schedule.Cron}\" of script '{scriptId}': {problem}"));

    private string UniqueKey(string key)
    {
        var unique = key;
        for (var i = 2; !_keys.Add(unique); i++)
        {
            unique = $"{key}|{i}";
        }

        return unique;
    }

    internal static int Seed(string scriptId) => (int)(StableHash.Of(scriptId) & int.MaxValue);

    /// <summary>The same share of the jitter in every process, on every node and in every version that has the schedule.</summary>
    internal static TimeSpan Offset(string scriptId, string key, TimeSpan jitter)
    {
        var share = (StableHash.Of($"{scriptId}|{key}") >> 11) * (1.0 / (1UL << 53));
        return TimeSpan.FromMilliseconds(Math.Floor(jitter.TotalMilliseconds * share));
    }
}
