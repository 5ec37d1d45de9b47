namespace PluginHost.Cluster.Runs;

/// <summary>A schedule has its turn on a node that was drained an instant ago, and no other can take the run yet: the turn comes to nothing, and another one decides.</summary>
internal sealed class LeftToOthersException() : Exception("This node is being drained, and no other node has this version of the script yet.");
