using System.Text.Json.Nodes;

namespace PluginHost;

/// <summary>A script of a live plugin.</summary>
/// <param name="Id"><c>plugin.name</c>.</param>
/// <param name="Plugin">The id of its plugin.</param>
/// <param name="Name">Its name within the plugin.</param>
/// <param name="Description">What it does, in a sentence.</param>
/// <param name="Tags">Words to find it by.</param>
/// <param name="State">Whether its schedules run.</param>
/// <param name="Live">The version that new runs use.</param>
/// <param name="Schedules">When it runs by itself.</param>
/// <param name="Parameters">JSON Schema of an object with one property for each parameter.</param>
/// <param name="LastRun">The run that started last, or null.</param>
public sealed record ScriptInfo(
    string Id,
    string Plugin,
    string Name,
    string? Description,
    IReadOnlyList<string> Tags,
    ScriptState State,
    LiveVersionInfo Live,
    IReadOnlyList<ScheduleInfo> Schedules,
    JsonNode Parameters,
    RunInfo? LastRun)
{
    /// <summary>How the last twelve of its runs that have ended did so, the oldest first.</summary>
    public IReadOnlyList<RecentRun> RecentRuns { get; init; } = [];

    /// <summary>Why nothing starts it, because it is suspected of having ended the host; null when it is not.</summary>
    public QuarantineInfo? Quarantine { get; init; }

    /// <summary>Where its runs are: in the host's process, or in a worker process.</summary>
    public ScriptIsolation Isolation { get; init; }

    /// <summary>What the operator should know of that: which limit of its worker process the system does not enforce. Null when there is nothing.</summary>
    public string? IsolationNote { get; init; }

    /// <summary>On how many nodes it runs for one reason.</summary>
    public RunOn RunOn { get; init; }

    /// <summary>The label that a node must have to run it; null for any node.</summary>
    public string? NodeLabel { get; init; }

    /// <summary>The scripts after whose runs it runs.</summary>
    public IReadOnlyList<RunAfterInfo> RunAfter { get; init; } = [];
}

/// <summary>A script after whose runs another one runs.</summary>
/// <param name="Script">Its id. There may be no such script.</param>
/// <param name="On">After which outcome.</param>
public sealed record RunAfterInfo(string Script, RunAfterOutcome On);

/// <summary>Whether a script's schedules run.</summary>
public enum ScriptState
{
    /// <summary>By schedule and by hand.</summary>
    Ready,

    /// <summary>By hand only, until somebody resumes it.</summary>
    Paused,

    /// <summary>The newest version of its plugin was rejected, and an older one runs; or the script is in quarantine.</summary>
    Broken,
}

/// <summary>A script is suspected of having ended the host: nothing starts it until somebody allows it, or a new version goes live.</summary>
/// <param name="Since">Since when.</param>
/// <param name="Crashes">How many times the host has died while it was under way.</param>
/// <param name="Reason">Why it is suspected, with what the host died of as far as that is known.</param>
public sealed record QuarantineInfo(DateTimeOffset Since, int Crashes, string Reason);

/// <summary>The version that new runs use.</summary>
/// <param name="Version"><c>short commit-short content key</c>.</param>
/// <param name="Commit">The full id of the commit it was built from.</param>
/// <param name="Since">When it went live.</param>
public sealed record LiveVersionInfo(string Version, string Commit, DateTimeOffset Since);

/// <summary>A value that a script keeps from one run to the next.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Value">The value.</param>
/// <param name="Version">A number that each change makes larger.</param>
/// <param name="UpdatedAt">When it was set.</param>
public sealed record StateValueInfo(string Key, JsonNode? Value, long Version, DateTimeOffset UpdatedAt);
