using System.Text.Json.Nodes;

namespace PluginHost;

/// <summary>A schedule of a script: what the code says, or what an operator has set in its place or beside it.</summary>
public sealed record ScheduleInfo
{
    /// <summary>Names it within the script. Of a schedule of the code, eight hexadecimal digits that follow from what the code says; of an added one, the name it was given.</summary>
    public required string Id { get; init; }

    /// <summary>Who says so.</summary>
    public required ScheduleOrigin Origin { get; init; }

    /// <summary>The cron expression.</summary>
    public required string Cron { get; init; }

    /// <summary>The time zone it is read in.</summary>
    public required string TimeZone { get; init; }

    /// <summary>What happens when an earlier run is still going.</summary>
    public required OverlapPolicy Overlap { get; init; }

    /// <summary>What happens to missed times.</summary>
    public required CatchUpPolicy CatchUp { get; init; }

    /// <summary>How far back missed times are caught up, in milliseconds.</summary>
    public required long CatchUpWindowMs { get; init; }

    /// <summary>How much later than the expression says each run starts, in milliseconds: the share of the jitter that fell to it.</summary>
    public required long DelayMs { get; init; }

    /// <summary>The first moment that the schedule is for; null when it has no beginning.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>The first moment that it is no longer for; null when it has no end.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>What its runs are given; null for the script's defaults.</summary>
    public JsonNode? Parameters { get; init; }

    /// <summary>Whether an operator has turned it off.</summary>
    public bool Disabled { get; init; }

    /// <summary>What the code says where an operator says otherwise; else null.</summary>
    public CodeSchedule? Code { get; init; }

    /// <summary>What an operator has set, as it was written; null when it is as the code says.</summary>
    public ScheduleRequest? Set { get; init; }

    /// <summary>Why what an operator has set has no effect; null when it has.</summary>
    public string? Inactive { get; init; }

    /// <summary>Who set it; null when the code did, or nobody was signed in.</summary>
    public string? SetBy { get; init; }

    /// <summary>When it was set; null when the code did.</summary>
    public DateTimeOffset? SetAt { get; init; }

    /// <summary>The next five times it will start, in UTC; fewer when it has no more, none while it is disabled or its script paused.</summary>
    public required IReadOnlyList<DateTimeOffset> Next { get; init; }
}

/// <summary>Who says when a script runs.</summary>
public enum ScheduleOrigin
{
    /// <summary>The script's class.</summary>
    Code,

    /// <summary>An operator, in place of the class.</summary>
    Override,

    /// <summary>An operator; the class has no such schedule.</summary>
    Added,
}

/// <summary>A schedule as the script's class has it.</summary>
/// <param name="Cron">The cron expression.</param>
/// <param name="TimeZone">The time zone it is read in.</param>
public sealed record CodeSchedule(string Cron, string TimeZone);

/// <summary>What a cron expression means.</summary>
/// <param name="Cron">The expression.</param>
/// <param name="TimeZone">The time zone it is read in.</param>
/// <param name="Next">Its next five times, in UTC; fewer when it has no more.</param>
/// <param name="Warnings">What may not be as it was meant.</param>
public sealed record SchedulePreview(string Cron, string TimeZone, IReadOnlyList<DateTimeOffset> Next, IReadOnlyList<string> Warnings);
