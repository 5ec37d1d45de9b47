namespace PluginHost.Hosting;

/// <summary>Knows the nodes.</summary>
internal interface INodes
{
    /// <summary>All of them, by name.</summary>
    IReadOnlyList<NodeInfo> List();
}
