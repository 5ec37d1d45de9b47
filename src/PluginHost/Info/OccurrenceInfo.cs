namespace PluginHost;

/// <summary>What became of a time at which a schedule was due, or of several in a row at which nothing ran for one reason.</summary>
public sealed record OccurrenceInfo
{
    /// <summary>The script.</summary>
    public required string Script { get; init; }

    /// <summary>The schedule within the script: its expression and its time zone.</summary>
    public required string Schedule { get; init; }

    /// <summary>When it was due, the jitter included; the first of several.</summary>
    public required DateTimeOffset Due { get; init; }

    /// <summary>The last of several; else the same.</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>How many times of the schedule this stands for.</summary>
    public required long Count { get; init; }

    /// <summary>What became of it.</summary>
    public required OccurrenceOutcome Outcome { get; init; }

    /// <summary>How long after its time the run began, in milliseconds; null when none began.</summary>
    public long? LateByMs { get; init; }

    /// <summary>The run for it; of a script that runs on every node the first of them (<see cref="RunInfo.FanOut"/>). Null when there is none.</summary>
    public string? RunId { get; init; }

    /// <summary>Why nothing ran; null when something did.</summary>
    public string? Reason { get; init; }
}

/// <summary>What became of a time at which a schedule was due.</summary>
public enum OccurrenceOutcome
{
    /// <summary>Its run waits for its turn.</summary>
    Pending,

    /// <summary>Its run began at most 10 seconds after it was due.</summary>
    Ran,

    /// <summary>Its run began later than that.</summary>
    Late,

    /// <summary>An earlier run was still going, and the schedule lets none overlap.</summary>
    SkippedOverlap,

    /// <summary>The script was paused, and the schedule did not make up for it; or it was in quarantine.</summary>
    SkippedPaused,

    /// <summary>The host was down or stalled, and the schedule did not make up for it; or its run ended before it began.</summary>
    Missed,

    /// <summary>It was missed, and its run was made up for.</summary>
    CaughtUp,
}

/// <summary>What became of the times of one day at which a script was due.</summary>
/// <param name="Day">The day.</param>
/// <param name="Counts">How many times ended in which outcome; those that none ended in are left out.</param>
public sealed record OccurrenceDay(DateOnly Day, IReadOnlyDictionary<OccurrenceOutcome, long> Counts);

/// <summary>Which occurrences to list.</summary>
public sealed record OccurrenceQuery
{
    /// <summary>Only those of this script.</summary>
    public string? Script { get; init; }

    /// <summary>Only those that were due at this time or later.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Only those that were due before this time.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Only those that ended so.</summary>
    public OccurrenceOutcome? Outcome { get; init; }

    /// <summary>How many at most.</summary>
    /// <value>1 to 500. The default is 50.</value>
    public int Limit { get; init; } = 50;

    /// <summary>The cursor that the page before ended with.</summary>
    public string? After { get; init; }
}
