namespace PluginHost;

/// <summary>The receipt of one commit: what was done with it, and how long each stage took.</summary>
public sealed record DeploymentInfo
{
    /// <summary>Unique in the host; later ones sort after earlier ones.</summary>
    public required string Id { get; init; }

    /// <summary>The source the commit came from.</summary>
    public required string Source { get; init; }

    /// <summary>The full id of the commit.</summary>
    public required string Commit { get; init; }

    /// <summary>Who wrote it.</summary>
    public required string Author { get; init; }

    /// <summary>The first line of its message.</summary>
    public required string Message { get; init; }

    /// <summary>Who signed it and with which key, where the source asks for signatures; else null.</summary>
    public string? Signer { get; init; }

    /// <summary>What made the host look.</summary>
    public required DeploymentTrigger Trigger { get; init; }

    /// <summary>How far it is, or how it ended.</summary>
    public required DeploymentState State { get; init; }

    /// <summary>When the new tip was seen.</summary>
    public required DateTimeOffset SeenAt { get; init; }

    /// <summary>When the last of its plugins went live, or null.</summary>
    public DateTimeOffset? LiveAt { get; init; }

    /// <summary>The stages in the order in which they ran.</summary>
    public IReadOnlyList<StageInfo> Stages { get; init; } = [];

    /// <summary>What became of each plugin of the source.</summary>
    public IReadOnlyList<PluginOutcome> Plugins { get; init; } = [];

    /// <summary>Why the whole deployment failed, or null.</summary>
    public string? Error { get; init; }
}

/// <summary>What made the host look at a source.</summary>
public enum DeploymentTrigger
{
    /// <summary>The host started.</summary>
    Startup,

    /// <summary>The poll found a new tip.</summary>
    Poll,

    /// <summary>The forge told it.</summary>
    Webhook,

    /// <summary>Somebody asked.</summary>
    Manual,

    /// <summary>An operator pinned a plugin to a version, or unpinned it.</summary>
    Rollback,
}

/// <summary>How far a deployment is, or how it ended.</summary>
public enum DeploymentState
{
    /// <summary>It is under way.</summary>
    Running,

    /// <summary>Every plugin of the commit is live.</summary>
    Succeeded,

    /// <summary>Some plugins are live, others were rejected and keep their last good version.</summary>
    Degraded,

    /// <summary>Nothing of it went live.</summary>
    Failed,
}

/// <summary>A stage of a deployment.</summary>
/// <param name="Name">fetch, queue (waiting for deployments before it), plan, share (taking what another node has built, and waiting for one that builds the same), restore, build, keep (storing what was built), inspect, load or swap.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="DurationMs">How long it took, in milliseconds.</param>
public sealed record StageInfo(string Name, DateTimeOffset StartedAt, long DurationMs);

/// <summary>What became of one plugin in a deployment.</summary>
/// <param name="Plugin">The plugin's id.</param>
/// <param name="Outcome">What was done.</param>
/// <param name="Version">The version that is live afterwards, or null.</param>
/// <param name="Reason">Why it was done.</param>
public sealed record PluginOutcome(string Plugin, PluginOutcomeKind Outcome, string? Version, string Reason)
{
    /// <summary>The node that built the version, which of several that share their builds may be another one; null when nothing was built or reused, or that is not known.</summary>
    public string? BuiltOn { get; init; }

    /// <summary>What the compiler and the other tools said, at its place in the commit, when it was rejected for that: a hundred at most.</summary>
    public IReadOnlyList<Diagnostic> Errors { get => field ?? []; init; }

    /// <summary>
    /// What may not be as it was meant in the version that went live: what its build warned of, the analyzers of the
    /// contract package among it, and what was found when it was loaded. Empty when nothing of it was loaded.
    /// </summary>
    public IReadOnlyList<Diagnostic> Warnings { get => field ?? []; init; }

    /// <summary>When its schedules were to run next, the soonest first, a hundred at most; empty when nothing of it was loaded.</summary>
    public IReadOnlyList<ScheduleForecast> Schedules { get => field ?? []; init; }
}

/// <summary>When a schedule was to run next, at the time of the deployment.</summary>
/// <param name="Script">The script.</param>
/// <param name="Id">The schedule within the script.</param>
/// <param name="Cron">The cron expression.</param>
/// <param name="TimeZone">The time zone it is read in.</param>
/// <param name="Next">When it runs next; null when never again.</param>
public sealed record ScheduleForecast(string Script, string Id, string Cron, string TimeZone, DateTimeOffset? Next);

/// <summary>What was done with a plugin.</summary>
public enum PluginOutcomeKind
{
    /// <summary>It was built, or taken from a drop, and went live.</summary>
    Built,

    /// <summary>A stored build of the same content went live.</summary>
    Reused,

    /// <summary>Nothing that it is made of changed.</summary>
    Unchanged,

    /// <summary>Its project, or its folder of drops, is gone, and so is it.</summary>
    Removed,

    /// <summary>Its new content was rejected; what was live stays.</summary>
    Rejected,
}
