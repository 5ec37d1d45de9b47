namespace PluginHost;

/// <summary>A plugin: a project in the watched folder that references the contract.</summary>
/// <param name="Id">The project file's name without extension.</param>
/// <param name="Source">The source it comes from.</param>
/// <param name="Project">The project file, from the root of the repository.</param>
/// <param name="State">How it is.</param>
/// <param name="Live">The version that new runs use, or null.</param>
/// <param name="Pin">The version that an operator holds it at, or null.</param>
/// <param name="Problem">Why its newest content is not live, or null.</param>
/// <param name="Draining">Older versions that still hold runs.</param>
/// <param name="Leaked">Versions that were unloaded and are still in memory.</param>
public sealed record PluginInfo(
    string Id,
    string Source,
    string Project,
    PluginState State,
    LiveVersionInfo? Live,
    PinInfo? Pin,
    PluginProblem? Problem,
    IReadOnlyList<DrainingVersion> Draining,
    IReadOnlyList<LeakedVersion> Leaked)
{
    /// <summary>Whether an operator holds it at a version: commits do not change it.</summary>
    public bool Pinned => Pin is not null;

    /// <summary>Versions with runs that did not stop when they were asked to, were given up on, and may still be at work.</summary>
    public IReadOnlyList<AbandonedRuns> Abandoned { get; init; } = [];

    /// <summary>How far its version has come among the nodes of the cluster; null for a host alone.</summary>
    public PluginRollout? Rollout { get; init; }
}

/// <summary>Runs of a version that were given up on and have not really ended.</summary>
/// <param name="Version">The version's id. They keep it in memory.</param>
/// <param name="Runs">How many there are. They hold no place: a restart of the host ends them.</param>
public sealed record AbandonedRuns(string Version, int Runs);

/// <summary>The version that an operator holds a plugin at.</summary>
/// <param name="Version">Its id. It is live, or will be as soon as runs of older versions have made way.</param>
/// <param name="By">Who pinned it, or null when nobody was signed in.</param>
/// <param name="At">When.</param>
public sealed record PinInfo(string Version, string? By, DateTimeOffset At);

/// <summary>How a plugin is.</summary>
public enum PluginState
{
    /// <summary>Its newest content runs.</summary>
    Live,

    /// <summary>Its first version is under way.</summary>
    Building,

    /// <summary>An older version runs, because the newest one was rejected.</summary>
    Degraded,

    /// <summary>No version runs: every one so far was rejected.</summary>
    Failed,

    /// <summary>It is gone from the branch; runs of its last version may still be going.</summary>
    Removed,
}

/// <summary>Why a plugin's newest content is not live.</summary>
/// <param name="Stage">The stage that rejected it.</param>
/// <param name="Commit">The commit that was rejected.</param>
/// <param name="Message">What failed, what that means and what to do.</param>
/// <param name="Diagnostics">What the compiler and the other tools said.</param>
public sealed record PluginProblem(
    ProblemStage Stage,
    string Commit,
    string Message,
    IReadOnlyList<Diagnostic> Diagnostics);

/// <summary>The stage of a deployment that rejected something.</summary>
public enum ProblemStage
{
    /// <summary>Getting the commit.</summary>
    Fetch,

    /// <summary>Finding out what to build.</summary>
    Plan,

    /// <summary>Getting NuGet packages.</summary>
    Restore,

    /// <summary>Compiling.</summary>
    Build,

    /// <summary>Reading the assembly's metadata.</summary>
    Inspect,

    /// <summary>Loading the assembly and constructing its scripts.</summary>
    Load,

    /// <summary>Reading its schedules.</summary>
    Schedule,
}

/// <summary>A message of the compiler or another tool, at its place in the repository.</summary>
/// <param name="Severity">error or warning.</param>
/// <param name="Code">The tool's code, such as CS0103, or null.</param>
/// <param name="Message">What it says.</param>
/// <param name="File">The file from the root of the repository, or null.</param>
/// <param name="Line">1 for the first line, or null.</param>
/// <param name="Column">1 for the first column, or null.</param>
public sealed record Diagnostic(
    DiagnosticSeverity Severity,
    string? Code,
    string Message,
    string? File,
    int? Line,
    int? Column);

/// <summary>How bad a <see cref="Diagnostic"/> is.</summary>
public enum DiagnosticSeverity
{
    /// <summary>It rejects the version.</summary>
    Error,

    /// <summary>It does not.</summary>
    Warning,
}

/// <summary>An older version that still holds runs.</summary>
/// <param name="Version">Its id.</param>
/// <param name="ActiveRuns">How many runs it holds.</param>
/// <param name="Since">When it was replaced.</param>
public sealed record DrainingVersion(string Version, int ActiveRuns, DateTimeOffset Since);

/// <summary>A version that was unloaded and is still in memory.</summary>
/// <param name="Version">Its id.</param>
/// <param name="Since">When it was unloaded.</param>
/// <param name="Reason">What is known of the cause.</param>
public sealed record LeakedVersion(string Version, DateTimeOffset Since, string Reason)
{
    /// <summary>What was found to hold it, once somebody has asked; none before.</summary>
    public IReadOnlyList<LeakRoot> Roots { get; init; } = [];
}

/// <summary>A version of a plugin that the host keeps.</summary>
/// <param name="Version"><c>short commit-short content key</c>.</param>
/// <param name="Commit">The full id of the commit it was built from; of a drop whose pipeline did not say, 40 digits that name its content.</param>
/// <param name="Author">Who wrote that commit; <c>unknown</c> for a drop whose pipeline did not say.</param>
/// <param name="Message">The first line of its message; for a drop whose pipeline did not say, which drop it is.</param>
/// <param name="BuiltAt">When it was built, or taken from its drop.</param>
/// <param name="State">What it is now.</param>
public sealed record PluginVersionInfo(
    string Version,
    string Commit,
    string Author,
    string Message,
    DateTimeOffset BuiltAt,
    PluginVersionState State)
{
    /// <summary>Where the pipeline that dropped it shows its build, a web address; null when that is not known, or the host built it.</summary>
    public string? BuildUrl { get; init; }

    /// <summary>What its build warned of: the first hundred.</summary>
    public IReadOnlyList<Diagnostic> Warnings { get; init; } = [];
}

/// <summary>What a kept version is now.</summary>
public enum PluginVersionState
{
    /// <summary>New runs use it.</summary>
    Live,

    /// <summary>It was replaced and still holds runs.</summary>
    Draining,

    /// <summary>It is on disk only.</summary>
    Stored,
}
