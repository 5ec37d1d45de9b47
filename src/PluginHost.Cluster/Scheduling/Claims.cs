using PluginHost.Cluster.Nodes;
using PluginHost.History;
using PluginHost.Swapping;

namespace PluginHost.Cluster.Scheduling;

/// <summary>Which version of each plugin the schedules are those of, when nodes have different ones: the one that a node has deployed last.</summary>
internal sealed class Claims(HistoryDatabase database, Node node)
{
    /// <summary>Makes this node's version the one whose schedules count, if it may.</summary>
    /// <param name="plugin">The plugin as it is live here.</param>
    /// <param name="isNewHere">Whether it was deployed here just now in place of another; else it only counts when no node has the one that does.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether it counts now.</returns>
    public Task<bool> TryAsync(LivePlugin plugin, bool isNewHere, CancellationToken cancellationToken)
    {
        var (id, contentKey, version) = (plugin.Id, plugin.Version.Artifact.ContentKey, plugin.Version.Id);
        return database.WriteAsync(
            connection =>
            {
                var claimed = Find(connection, id);
                if (claimed == contentKey)
                {
                    return true;
                }

                if (claimed is not null && !isNewHere && IsLiveElsewhere(connection, id, claimed))
                {
                    return false;
                }

                connection.Run(
                    """
                    INSERT INTO plugin_claims (plugin, content_key, version, node) VALUES (@plugin, @key, @version, @node)
                    ON CONFLICT (plugin) DO UPDATE SET content_key = excluded.content_key, version = excluded.version, node = excluded.node
                    """,
                    ("@plugin", id), ("@key", contentKey), ("@version", version), ("@node", node.Id));
                return true;
            },
            cancellationToken);
    }

    /// <summary>Takes note that a plugin is no longer live here.</summary>
    /// <returns>Whether it is live nowhere else, so that its schedules go.</returns>
    public Task<bool> ReleaseAsync(string plugin, CancellationToken cancellationToken) => database.WriteAsync(
        connection =>
        {
            if (Find(connection, plugin) is { } claimed && IsLiveElsewhere(connection, plugin, claimed))
            {
                return false;
            }

            connection.Run("DELETE FROM plugin_claims WHERE plugin = @plugin", ("@plugin", plugin));
            return true;
        },
        cancellationToken);

    private static string? Find(HistoryConnection connection, string plugin) =>
        connection.Query("SELECT content_key FROM plugin_claims WHERE plugin = @plugin", reader => reader.GetString(0), ("@plugin", plugin)).SingleOrDefault();

    private bool IsLiveElsewhere(HistoryConnection connection, string plugin, string contentKey) => NodeStore.List(connection).Exists(other =>
        other.IsUp && !node.Is(other.Id) && other.Report.Plugins.Any(live => live.ContentKey == contentKey && live.Plugin.Equals(plugin, StringComparison.OrdinalIgnoreCase)));
}
