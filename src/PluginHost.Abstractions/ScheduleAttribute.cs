namespace PluginHost;

/// <summary>Runs the script at the times of a cron expression. Several on one class are several schedules.</summary>
/// <param name="cron">
/// Five fields (minute, hour, day of month, month, day of week) or six with seconds in front, or a macro such as
/// <c>@daily</c>, as Cronos reads them. When both the day of month and the day of week are given, both must match.
/// </param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class ScheduleAttribute(string cron) : Attribute
{
    /// <summary>The cron expression.</summary>
    public string Cron { get; } = cron;

    /// <summary>The time zone in which the expression is read.</summary>
    /// <value>An IANA or Windows id, such as <c>Europe/Berlin</c>. The default is <c>UTC</c>.</value>
    public string TimeZone { get; set; } = "UTC";

    /// <summary>What happens when an earlier run of the script is still going.</summary>
    /// <value>The default is <see cref="OverlapPolicy.Skip"/>.</value>
    public OverlapPolicy Overlap { get; set; } = OverlapPolicy.Skip;

    /// <summary>What happens to times that passed while the host was down or the script paused.</summary>
    /// <value>The default is <see cref="CatchUpPolicy.Latest"/>.</value>
    public CatchUpPolicy CatchUp { get; set; } = CatchUpPolicy.Latest;

    /// <summary>How far back missed times are caught up.</summary>
    /// <value>
    /// A number with a unit (<c>30s</c>, <c>5m</c>, <c>2h</c>, <c>1d</c>) or <c>hh:mm:ss</c>, more than zero and at
    /// most 366 days. The default is <c>1h</c>.
    /// </value>
    public string? CatchUpWindow { get; set; }

    /// <summary>Moves every start later by an amount between zero and this, the same for each time, so that scripts do not all start in one second.</summary>
    /// <value>Written as <see cref="CatchUpWindow"/> is, at most 24 hours. The default is none.</value>
    public string? Jitter { get; set; }

    /// <summary>The first moment of the schedule: times of the expression before it do not count.</summary>
    /// <value>
    /// An ISO 8601 date (<c>2026-01-31</c>, its beginning is meant) or date and time (<c>2026-01-31T18:00</c>), in
    /// <see cref="TimeZone"/> unless it has an offset (<c>2026-01-31T18:00+01:00</c>). The default is none.
    /// </value>
    public string? From { get; set; }

    /// <summary>The end of the schedule: times of the expression at it or after it do not count.</summary>
    /// <value>
    /// Written as <see cref="From"/> is; of a date alone the end of that day is meant, so that the day belongs to the
    /// schedule. It has to be after <see cref="From"/>, with a time of the expression between them. The default is none.
    /// </value>
    public string? Until { get; set; }
}
