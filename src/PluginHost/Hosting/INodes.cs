namespace PluginHost.Hosting;

/// <summary>Knows the nodes.</summary>
internal interface INodes
{
    /// <summary>All of them, by name.</summary>
    IReadOnlyList<NodeInfo> List();

    /// <summary>Keeps a node from new runs, or lets it have them again.</summary>
    /// <returns>The node.</returns>
    /// <exception cref="NotFoundException">There is no such node.</exception>
    /// <exception cref="ConflictException">The host is alone.</exception>
    Task<NodeInfo> SetDrainingAsync(string nodeId, bool isDraining, CancellationToken cancellationToken);

    /// <summary>How far the version of a plugin that is live here has come among them; null for a host alone.</summary>
    PluginRollout? RolloutOf(string pluginId);
}
