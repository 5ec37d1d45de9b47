using PluginHost.Cluster.Nodes;
using PluginHost.History;
using PluginHost.Swapping;

namespace PluginHost.Cluster.Scheduling;

/// <summary>Which version of each plugin the schedules are those of, when nodes have different ones: the one that a node has deployed last, as long as one that takes turns has it.</summary>
internal sealed class Claims(HistoryDatabase database, Node node)
{
    /// <summary>Makes this node's version the one whose schedules count, if it may.</summary>
    /// <param name="plugin">The plugin as it is live here.</param>
    /// <param name="isNewHere">Whether it was deployed here just now in place of another; else it only counts when no node that takes turns has the one that does.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The content key by which it counts, which is that of another build if that gave the same bytes; null when it does not count.</returns>
    public Task<string?> TryAsync(LivePlugin plugin, bool isNewHere, CancellationToken cancellationToken)
    {
        var here = LiveOnNode.Of(plugin);
        return database.WriteAsync(
            connection =>
            {
                var claimed = Find(connection, here.Plugin);
                if (claimed?.IsSame(here) == true)
                {
                    return claimed.ContentKey;
                }

                if (claimed is not null && !MayReplace(connection, claimed, isNewHere))
                {
                    return null;
                }

                connection.Run(
                    """
                    INSERT INTO plugin_claims (plugin, content_key, output_hash, version, node) VALUES (@plugin, @key, @output, @version, @node)
                    ON CONFLICT (plugin) DO UPDATE SET content_key = excluded.content_key, output_hash = excluded.output_hash, version = excluded.version, node = excluded.node
                    """,
                    ("@plugin", here.Plugin), ("@key", here.ContentKey), ("@output", here.OutputHash), ("@version", here.Version), ("@node", node.Id));
                return here.ContentKey;
            },
            cancellationToken);
    }

    /// <summary>Takes note that a plugin is no longer live here.</summary>
    /// <returns>Whether it is live nowhere else, so that its schedules go.</returns>
    public Task<bool> ReleaseAsync(string plugin, CancellationToken cancellationToken) => database.WriteAsync(
        connection =>
        {
            if (Find(connection, plugin) is { } claimed && HasOther(connection, other => other.IsUp && other.Report.Plugins.Any(claimed.IsSame)))
            {
                return false;
            }

            connection.Run("DELETE FROM plugin_claims WHERE plugin = @plugin", ("@plugin", plugin));
            return true;
        },
        cancellationToken);

    private static LiveOnNode? Find(HistoryConnection connection, string plugin) => connection.Query(
        "SELECT plugin, version, content_key, output_hash FROM plugin_claims WHERE plugin = @plugin",
        reader => new LiveOnNode(reader.GetString(0), reader.GetString(1), reader.GetString(2)) { OutputHash = reader.IsDBNull(3) ? null : reader.GetString(3) }, ("@plugin", plugin)).SingleOrDefault();

    /// <summary>A node that takes no turns must not have the only version that gets any: a drained one, during an upgrade, has another build than those that go on.</summary>
    private bool MayReplace(HistoryConnection connection, LiveOnNode claimed, bool isNewHere) => NodeStore.IsDraining(connection, node.Id)
        ? !HasOther(connection, other => other.TakesTurns && other.Find(claimed.Plugin) is not null)
        : isNewHere || !HasOther(connection, other => other.TakesTurns && other.Report.Plugins.Any(claimed.IsSame));

    private bool HasOther(HistoryConnection connection, Predicate<NodeRecord> asked) =>
        NodeStore.List(connection).Exists(other => !node.Is(other.Id) && asked(other));
}
