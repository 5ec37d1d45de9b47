namespace PluginHost.Hosting;

/// <summary>Knows the nodes.</summary>
internal interface INodes
{
    /// <summary>All of them, by name.</summary>
    IReadOnlyList<NodeInfo> List();

    /// <summary>How far the version of a plugin that is live here has come among them; null for a host alone.</summary>
    PluginRollout? RolloutOf(string pluginId);
}
