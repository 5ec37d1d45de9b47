namespace PluginHost;

/// <summary>A host, among those that share a database; the only one, of a host that is alone.</summary>
/// <param name="Id">Its name, which its runs carry.</param>
/// <param name="IsUp">Whether it checks in; false once it has stopped, or the others have taken it for dead.</param>
/// <param name="IsThis">Whether it is the one that answers.</param>
/// <param name="Version">The version of PluginHost.</param>
/// <param name="StartedAt">When it started.</param>
/// <param name="LastCheckInAt">When it was last heard of.</param>
/// <param name="ClockOffsetMs">How far its clock is before the database's, in milliseconds; 0 without one.</param>
/// <param name="RunningRuns">Runs under way on it when it was last heard of; of one that is drained, as they are stored, if that is more.</param>
/// <param name="QueuedRuns">Runs that waited on it then, likewise.</param>
/// <param name="Plugins">What is live on it, by plugin.</param>
public sealed record NodeInfo(
    string Id, bool IsUp, bool IsThis, string Version, DateTimeOffset StartedAt, DateTimeOffset LastCheckInAt, double ClockOffsetMs, int RunningRuns, int QueuedRuns,
    IReadOnlyList<NodePluginInfo> Plugins)
{
    /// <summary>Whether an operator has it drained: it takes no new runs, and finishes those that it has.</summary>
    public bool IsDraining { get; init; }

    /// <summary>Its labels (<c>PluginHost:NodeLabels</c>), in their order.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];
}

/// <summary>A version of a plugin that is live on a node.</summary>
/// <param name="Plugin">The plugin.</param>
/// <param name="Version">The version.</param>
/// <param name="LiveOn">On how many of the nodes that are up this version is live.</param>
/// <param name="NodesUp">How many nodes are up.</param>
public sealed record NodePluginInfo(string Plugin, string Version, int LiveOn, int NodesUp);
