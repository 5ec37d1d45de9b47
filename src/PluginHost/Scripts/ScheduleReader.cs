namespace PluginHost.Scripts;

/// <summary>Reads the schedules of one script from its attributes.</summary>
/// <param name="scriptId">The script.</param>
/// <param name="report">Told each mistake, as a sentence.</param>
internal sealed class ScheduleReader(string scriptId, Action<string> report)
{
    private static readonly TimeSpan DefaultCatchUpWindow = TimeSpan.FromHours(1);
    private static readonly TimeSpan MaxCatchUpWindow = TimeSpan.FromDays(366);
    private static readonly TimeSpan MaxJitter = TimeSpan.FromHours(24);

    private readonly HashSet<string> _keys = new(StringComparer.Ordinal);

    public IReadOnlyList<ScheduleDescriptor> Read(IEnumerable<ScheduleAttribute> schedules) =>
        [.. schedules.Select(Read).OfType<ScheduleDescriptor>()];

    private ScheduleDescriptor? Read(ScheduleAttribute schedule)
    {
        var right = true;
        if (!CronText.TryParse(schedule.Cron, Seed(scriptId), out var expression, out var problem))
        {
            Wrong($"The expression {problem}");
        }

        if (!TimeZones.TryFind(schedule.TimeZone, out var zone, out problem))
        {
            Wrong(problem);
        }

        if (!Enum.IsDefined(schedule.Overlap))
        {
            Wrong($"Overlap is {(int)schedule.Overlap}, which is none of {string.Join(", ", Enum.GetNames<OverlapPolicy>())}.");
        }

        if (!Enum.IsDefined(schedule.CatchUp))
        {
            Wrong($"CatchUp is {(int)schedule.CatchUp}, which is none of {string.Join(", ", Enum.GetNames<CatchUpPolicy>())}.");
        }

        var window = DurationSetting.Read(nameof(schedule.CatchUpWindow), schedule.CatchUpWindow, DurationSetting.MoreThanZero, MaxCatchUpWindow, Wrong);
        var jitter = DurationSetting.Read(nameof(schedule.Jitter), schedule.Jitter, TimeSpan.Zero, MaxJitter, Wrong);
        if (!right)
        {
            return null;
        }

        var key = UniqueKey($"{string.Join(' ', schedule.Cron.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))}|{zone!.Id}");
        return new ScheduleDescriptor(
            key,
            schedule.Cron,
            expression!,
            zone,
            schedule.Overlap,
            schedule.CatchUp,
            window ?? DefaultCatchUpWindow,
            Offset(scriptId, key, jitter ?? TimeSpan.Zero));

        void Wrong(string what)
        {
            right = false;
            report($"Schedule \"{schedule.Cron}\" of script '{scriptId}': {what}");
        }
    }

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
