namespace PluginHost;

/// <summary>The host at a glance.</summary>
/// <param name="Version">The version of PluginHost.</param>
/// <param name="State">Whether the first load is still under way, all is well, or something needs attention.</param>
/// <param name="UptimeMs">How long the host has been up, in milliseconds.</param>
/// <param name="Memory">What the process holds.</param>
/// <param name="Sources">The watched repositories.</param>
/// <param name="Counts">How many of each thing there are.</param>
/// <param name="LeakedContexts">Versions that were unloaded and are still in memory.</param>
/// <param name="Activities">The long work under way now: cloning, building, loading.</param>
/// <param name="Problems">What is wrong with the host itself, as sentences.</param>
public sealed record HostStatus(
    string Version,
    HostState State,
    long UptimeMs,
    MemoryInfo Memory,
    IReadOnlyList<SourceInfo> Sources,
    HostCounts Counts,
    int LeakedContexts,
    IReadOnlyList<ActivityInfo> Activities,
    IReadOnlyList<string> Problems)
{
    /// <summary>Whether the host starts nothing by itself, until somebody lets it.</summary>
    public bool SafeMode { get; init; }
}

/// <summary>How the host is.</summary>
public enum HostState
{
    /// <summary>The first load has not ended.</summary>
    Starting,

    /// <summary>Everything that is wanted is live.</summary>
    Healthy,

    /// <summary>Scripts run, and something needs attention: a rejected build, a source out of reach, a context that stays, a schedule that is behind.</summary>
    Degraded,
}

/// <summary>What the process holds, in bytes.</summary>
/// <param name="WorkingSetBytes">Physical memory of the process.</param>
/// <param name="ManagedBytes">The managed heap.</param>
public sealed record MemoryInfo(long WorkingSetBytes, long ManagedBytes);

/// <summary>How many of each thing there are.</summary>
/// <param name="Plugins">Live plugins.</param>
/// <param name="Scripts">Scripts of the live plugins.</param>
/// <param name="RunningRuns">Runs under way.</param>
/// <param name="QueuedRuns">Runs that wait.</param>
/// <param name="Problems">Plugins with a problem.</param>
public sealed record HostCounts(int Plugins, int Scripts, int RunningRuns, int QueuedRuns, int Problems);

/// <summary>Long work under way.</summary>
/// <param name="Stage">What kind of work: clone, fetch, plan, restore, build, load.</param>
/// <param name="Message">What is being done, for people.</param>
/// <param name="Fraction">From 0 to 1, or null when the end cannot be known.</param>
/// <param name="StartedAt">When it began.</param>
public sealed record ActivityInfo(string Stage, string Message, double? Fraction, DateTimeOffset StartedAt);

/// <summary>A watched repository, or a folder of drops.</summary>
/// <param name="Name">The source's name in the configuration.</param>
/// <param name="Url">Where it is, without credentials.</param>
/// <param name="Branch">The branch that is followed; when none was configured, the one that HEAD names.</param>
/// <param name="Path">The watched folder.</param>
/// <param name="Commit">The tip that was deployed last, or null before the first.</param>
/// <param name="State">How the last check went.</param>
/// <param name="LastCheckedAt">When the remote was last asked, successfully or not.</param>
/// <param name="Error">Why the last check failed, or null.</param>
public sealed record SourceInfo(
    string Name,
    string Url,
    string? Branch,
    string Path,
    string? Commit,
    SourceState State,
    DateTimeOffset? LastCheckedAt,
    string? Error)
{
    /// <summary>What it is.</summary>
    public SourceKind Kind { get; init; }
}

/// <summary>What a source is.</summary>
public enum SourceKind
{
    /// <summary>The commits of a branch of a git repository, which the host builds.</summary>
    Git,

    /// <summary>The files of a folder as they lie there, committed or not, which the host builds.</summary>
    WorkingTree,

    /// <summary>A folder into which a pipeline drops plugins that it has built.</summary>
    Drops,
}

/// <summary>How the last check of a source went.</summary>
public enum SourceState
{
    /// <summary>It has not been checked yet.</summary>
    Starting,

    /// <summary>It was reached, and its tip is known.</summary>
    Watching,

    /// <summary>It was reached, and the branch does not exist or has no commit yet; what is live stays.</summary>
    Empty,

    /// <summary>It could not be reached; it is tried again after a pause.</summary>
    Unreachable,
}
