namespace PluginHost;

/// <summary>What a host is made of at present, and how it is set up.</summary>
/// <param name="BuildServers">The processes that builds are done by.</param>
/// <param name="Contexts">The versions of plugins that are in memory, or may be.</param>
/// <param name="Settings">The settings in force, by name; what is secret is told to be set, and not what it is.</param>
public sealed record HostDetails(BuildServerInfo BuildServers, IReadOnlyList<ContextInfo> Contexts, IReadOnlyList<SettingInfo> Settings);

/// <summary>The processes that builds are done by.</summary>
/// <param name="State">Whether there are any, and whether they are at work.</param>
/// <param name="LastUsedAt">When the last build ended; null when none has since they were started.</param>
/// <param name="MaxBytes">How much memory they may hold between builds before they are replaced, in bytes.</param>
/// <param name="Processes">They themselves. Empty where the system does not let them be found: everywhere but on Linux.</param>
public sealed record BuildServerInfo(BuildServerState State, DateTimeOffset? LastUsedAt, long MaxBytes, IReadOnlyList<BuildServerProcess> Processes);

/// <summary>Whether builds are under way.</summary>
public enum BuildServerState
{
    /// <summary>There are none; the next build starts them.</summary>
    Stopped,

    /// <summary>They wait for the next commit.</summary>
    Idle,

    /// <summary>They build.</summary>
    Building,
}

/// <summary>A process that builds are done by.</summary>
/// <param name="ProcessId">Its id in the system.</param>
/// <param name="Role">What it is there for: compiler, msbuild server, msbuild node, or the dotnet build that waits.</param>
/// <param name="ResidentBytes">The memory it holds, in bytes; what it shares with others counts for each.</param>
public sealed record BuildServerProcess(int ProcessId, string Role, long ResidentBytes);

/// <summary>A version of a plugin that is in memory, or may be: each has a load context of its own.</summary>
/// <param name="Plugin">The plugin.</param>
/// <param name="Version">The version.</param>
/// <param name="State">Why it is there.</param>
/// <param name="Since">Since when it is so.</param>
/// <param name="ActiveRuns">How many runs are under way on it.</param>
public sealed record ContextInfo(string Plugin, string Version, ContextState State, DateTimeOffset Since, int ActiveRuns);

/// <summary>Why a version is in memory.</summary>
public enum ContextState
{
    /// <summary>It is live and loaded.</summary>
    Live,

    /// <summary>It is live, and is loaded when the first of its scripts runs.</summary>
    Waiting,

    /// <summary>It was replaced and still holds runs.</summary>
    Draining,

    /// <summary>It was unloaded and is still in memory.</summary>
    Leaked,
}

/// <summary>A setting in force.</summary>
/// <param name="Name">Its name in the configuration, such as <c>PluginHost:Runs:MaxConcurrent</c>.</param>
/// <param name="Value">What it is, as the configuration has it; of a secret, whether it is set.</param>
/// <param name="IsDefault">Whether it is what it is without being set.</param>
public sealed record SettingInfo(string Name, string Value, bool IsDefault);
