namespace PluginHost.Scripts;

/// <summary>Reads what is written of a schedule, on a class or by an operator, and checks it.</summary>
internal static class ScheduleText
{
    /// <summary>Written for an end of the window that what is read takes away.</summary>
    private const string None = "none";

    private static readonly TimeSpan DefaultCatchUpWindow = TimeSpan.FromHours(1);
    private static readonly TimeSpan MaxCatchUpWindow = TimeSpan.FromDays(366);
    private static readonly TimeSpan MaxJitter = TimeSpan.FromHours(24);

    /// <param name="scriptId">The script, from which its share of the jitter and what stands for <c>H</c> follow.</param>
    /// <param name="text">What is written.</param>
    /// <param name="basis">Has what is not written; null for the defaults.</param>
    /// <param name="key">Gives the schedule its key, from its expression and its time zone.</param>
    /// <param name="wrong">Told each mistake: the property, and a sentence.</param>
    /// <returns>The schedule, or null when there are mistakes.</returns>
    public static ScheduleDescriptor? Read(
        string scriptId, ScheduleRequest text, ScheduleDescriptor? basis, Func<string, string> key, Action<string, string> wrong)
    {
        var mistakes = 0;
        var (cron, expression, zone) = (basis?.Cron, basis?.Expression, basis?.TimeZone ?? TimeZoneInfo.Utc);
        if ((text.Cron is not null || basis is null) && !CronText.TryParse(cron = text.Cron, ScheduleReader.Seed(scriptId), out expression, out var problem))
        {
            Wrong(nameof(text.Cron), $"The expression {problem}");
        }

        if (text.TimeZone is not null && !TimeZones.TryFind(text.TimeZone, out zone, out problem))
        {
            Wrong(nameof(text.TimeZone), problem);
        }

        Check(nameof(text.Overlap), text.Overlap);
        Check(nameof(text.CatchUp), text.CatchUp);
        var catchUpWindow = Duration(nameof(text.CatchUpWindow), text.CatchUpWindow, DurationSetting.MoreThanZero, MaxCatchUpWindow);
        var jitter = Duration(nameof(text.Jitter), text.Jitter, TimeSpan.Zero, MaxJitter);
        var window = zone is null ? null : Window(zone);
        if (mistakes > 0)
        {
            return null;
        }

        if (window is { From: { } from, Until: { } until } && !(expression!.GetNextOccurrence(from, zone!, inclusive: true) < until))
        {
            Wrong(text.Until is null ? nameof(text.From) : nameof(text.Until), $"The expression has no time between {from:u} and {until:u}, so it would never run. Move From or Until.");
            return null;
        }

        cron = SharedTexts.Share(cron!);
        var name = cron == basis?.Cron && zone!.Equals(basis.TimeZone)
            ? basis.Key
            : SharedTexts.Share(key($"{string.Join(' ', cron.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))}|{zone!.Id}"));
        return new ScheduleDescriptor(
            name,
            cron,
            expression!,
            zone,
            text.Overlap ?? basis?.Overlap ?? OverlapPolicy.Skip,
            text.CatchUp ?? basis?.CatchUp ?? CatchUpPolicy.Latest,
            catchUpWindow ?? basis?.CatchUpWindow ?? DefaultCatchUpWindow,
            jitter is { } spread ? ScheduleReader.Offset(scriptId, name, spread) : basis?.Offset ?? TimeSpan.Zero)
        {
            Window = window,
            Parameters = text.Parameters ?? basis?.Parameters,
        };

        void Wrong(string property, string what)
        {
            mistakes++;
            wrong(property, what);
        }

        void Check<T>(string property, T? value) where T : struct, Enum
        {
            if (value is { } given && !Enum.IsDefined(given))
            {
                Wrong(property, $"{property} is {given:D}, which is none of {string.Join(", ", Enum.GetNames<T>())}.");
            }
        }

        TimeSpan? Duration(string property, string? value, TimeSpan min, TimeSpan max) =>
            DurationSetting.Read(property, value, min, max, what => Wrong(property, what));

        ScheduleWindow? Window(TimeZoneInfo zone)
        {
            var from = Moment(nameof(text.From), text.From, zone, wholeDay: false, basis?.Window?.From);
            var until = Moment(nameof(text.Until), text.Until, zone, wholeDay: true, basis?.Window?.Until);
            if (from >= until)
            {
                Wrong(text.Until is null ? nameof(text.From) : nameof(text.Until), $"From is {from:u} and Until {until:u}. From has to come before Until.");
            }

            return from is null && until is null ? null : new ScheduleWindow(from, until);
        }

        DateTimeOffset? Moment(string property, string? value, TimeZoneInfo zone, bool wholeDay, DateTimeOffset? otherwise)
        {
            if (value is null)
            {
                return otherwise;
            }

            if (value.Trim().Equals(None, StringComparison.OrdinalIgnoreCase))
            {
                return null;
            }

            if (!ScheduleWindow.TryRead(value, zone, wholeDay, out var moment))
            {
                Wrong(property, $"{property} is \"{value}\", which is no moment. Write {ScheduleWindow.Expected}.");
            }

            return moment;
        }
    }
}
