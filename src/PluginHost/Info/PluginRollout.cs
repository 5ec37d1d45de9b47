namespace PluginHost;

/// <summary>How far a plugin's version has come among the nodes of a cluster that are up.</summary>
/// <param name="LiveOn">On how many of them the version is live that is live on the node that answers; 0 when none is.</param>
/// <param name="NodesUp">How many there are.</param>
/// <param name="Nodes">Which version is live on each, by name.</param>
public sealed record PluginRollout(int LiveOn, int NodesUp, IReadOnlyList<NodeVersionInfo> Nodes);

/// <summary>The version of a plugin that is live on a node.</summary>
/// <param name="Node">The node.</param>
/// <param name="Version">The version, or null when none is.</param>
public sealed record NodeVersionInfo(string Node, string? Version);
