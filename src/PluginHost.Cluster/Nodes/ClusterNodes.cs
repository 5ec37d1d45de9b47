using PluginHost.Hosting;

namespace PluginHost.Cluster.Nodes;

/// <summary>The nodes as they said of themselves when they last checked in.</summary>
internal sealed class ClusterNodes(NodeStore store, Node node) : INodes
{
    public IReadOnlyList<NodeInfo> List()
    {
        var all = store.List();
        var up = all.Where(other => other.IsUp).ToList();
        return [.. all.Select(other => Describe(other, up))];
    }

    private NodeInfo Describe(NodeRecord other, List<NodeRecord> up) => new(
        other.Id, other.IsUp, node.Is(other.Id), other.Report.HostVersion, other.StartedAt, other.LastCheckIn, other.Report.ClockOffsetMs, other.Report.Running, other.Report.Queued,
        [
            .. other.Report.Plugins.OrderBy(live => live.Plugin, StringComparer.OrdinalIgnoreCase)
                .Select(live => new NodePluginInfo(live.Plugin, live.Version, up.Count(one => one.Report.Plugins.Any(live.IsSame)), up.Count)),
        ]);
}
