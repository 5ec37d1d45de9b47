using System.Text.Json.Nodes;

namespace PluginHost;

/// <summary>What an operator wants of a schedule, written as on <see cref="ScheduleAttribute"/>.</summary>
/// <remarks>
/// What is null is as the code says, where the code has the schedule; where the operator adds it, it is what the
/// attribute has without being told.
/// </remarks>
public sealed record ScheduleRequest
{
    /// <summary>The cron expression. Not to be left out of a schedule that is added.</summary>
    public string? Cron { get; init; }

    /// <summary>The time zone in which the expression is read: an IANA or Windows id.</summary>
    public string? TimeZone { get; init; }

    /// <summary>What happens when an earlier run of the script is still going.</summary>
    public OverlapPolicy? Overlap { get; init; }

    /// <summary>What happens to times that passed while the host was down or the script paused.</summary>
    public CatchUpPolicy? CatchUp { get; init; }

    /// <summary>How far back missed times are caught up: a duration such as <c>2h</c>, more than zero and at most 366 days.</summary>
    public string? CatchUpWindow { get; init; }

    /// <summary>Moves every start later by an amount between zero and this: a duration such as <c>5m</c>, at most 24 hours.</summary>
    public string? Jitter { get; init; }

    /// <summary>The first moment of the schedule: an ISO 8601 date or date and time; or <c>none</c>, whatever the code says.</summary>
    public string? From { get; init; }

    /// <summary>The end of the schedule: an ISO 8601 date, which still belongs to it, or date and time, which does not; or <c>none</c>, whatever the code says.</summary>
    public string? Until { get; init; }

    /// <summary>What its runs are given: a value for each parameter by name. What is left out keeps its default.</summary>
    public JsonObject? Parameters { get; init; }

    /// <summary>Whether it does not run at all.</summary>
    public bool Disabled { get; init; }

    /// <summary>Who asks.</summary>
    public string? RequestedBy { get; init; }
}
