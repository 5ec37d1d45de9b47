using PluginHost.Hosting;
using PluginHost.Swapping;

namespace PluginHost.Cluster.Nodes;

/// <summary>The nodes as they said of themselves when they last checked in.</summary>
internal sealed class ClusterNodes(NodeStore store, Node node, LiveRegistry live, HostEvents events) : INodes, INodeLabels
{
    private volatile IReadOnlyList<NodeRecord> _up = [];

    public IReadOnlyList<NodeInfo> List()
    {
        var all = store.List();
        var up = all.Where(other => other.IsUp).ToList();
        return [.. all.Select(other => Describe(other.IsDraining ? WithStoredRuns(other) : other, up))];
    }

    /// <summary>Of a node that is drained, zero means that it may be stopped: what was placed on it a moment before counts, too, although it has not said so yet.</summary>
    private NodeRecord WithStoredRuns(NodeRecord drained)
    {
        var (running, queued) = store.CountRuns(drained.Id);
        var report = drained.Report;
        return drained with { Report = report with { Running = Math.Max(report.Running, running), Queued = Math.Max(report.Queued, queued) } };
    }

    /// <remarks>By what was heard last, so that it answers without the database.</remarks>
    public PluginRollout? RolloutOf(string pluginId)
    {
        var up = _up;
        var here = live.Current.Plugins.GetValueOrDefault(pluginId) is { } plugin ? LiveOnNode.Of(plugin) : null;
        return new PluginRollout(
            here is null ? 0 : up.Count(other => other.Report.Plugins.Any(here.IsSame)), up.Count, [.. up.Select(other => new NodeVersionInfo(other.Id, other.Find(pluginId)?.Version))]);
    }

    public async Task<NodeInfo> SetDrainingAsync(string nodeId, bool isDraining, CancellationToken cancellationToken)
    {
        if (!await store.SetDrainingAsync(nodeId, isDraining, cancellationToken))
        {
            throw new NotFoundException("node", nodeId);
        }

        return List().First(other => other.Id.Equals(nodeId, StringComparison.OrdinalIgnoreCase));
    }

    public IReadOnlyCollection<string>? OfNodesUp => [.. _up.SelectMany(other => other.Report.Labels).Distinct(StringComparer.OrdinalIgnoreCase)];

    /// <summary>A node takes runs that took none of the kind before: it has come, has a version or a label that it did not have, or is drained no more.</summary>
    public event Action? Grown;

    /// <summary>Takes note of how the nodes are now, and tells those who look at a plugin what has changed elsewhere.</summary>
    /// <returns>Whether a node takes turns no more, or this one does so now: the version whose schedules count may be one that nobody is left with who takes them.</returns>
    public bool Heard(IReadOnlyList<NodeRecord> nodes)
    {
        var before = _up;
        _up = [.. nodes.Where(other => other.IsUp)];
        var changed = Versions(before).Except(Versions(_up)).Concat(Versions(_up).Except(Versions(before))).Select(version => version.Plugin).Distinct(StringComparer.OrdinalIgnoreCase);
        foreach (var plugin in changed.ToList())
        {
            events.PublishOfOther(new HostEvent(HostEventKind.Plugin, plugin));
        }

        if (Abilities(_up).Except(Abilities(before)).Any())
        {
            Grown?.Invoke();
        }

        var (took, take) = (TakingTurns(before), TakingTurns(_up));
        return took.Except(take).Any() || take.Except(took).Any(node.Is);
    }

    private static IEnumerable<string> TakingTurns(IReadOnlyList<NodeRecord> nodes) => nodes.Where(other => other.TakesTurns).Select(other => other.Id);

    private static IEnumerable<(string Node, string Plugin, string Version)> Versions(IReadOnlyList<NodeRecord> nodes) =>
        nodes.SelectMany(other => other.Report.Plugins.Select(plugin => (other.Id, plugin.Plugin, plugin.Version)));

    private static IEnumerable<(string Node, string What)> Abilities(IReadOnlyList<NodeRecord> nodes) =>
        from other in nodes
        where other.TakesTurns
        from what in other.Report.Plugins.Select(plugin => plugin.ContentKey).Concat(other.Report.Labels)
        select (other.Id, what);

    private NodeInfo Describe(NodeRecord other, List<NodeRecord> up) => new(
        other.Id, other.IsUp, node.Is(other.Id), other.Report.HostVersion, other.StartedAt, other.LastCheckIn, other.Report.ClockOffsetMs, other.Report.Running, other.Report.Queued,
        [
            .. other.Report.Plugins.OrderBy(plugin => plugin.Plugin, StringComparer.OrdinalIgnoreCase)
                .Select(plugin => new NodePluginInfo(plugin.Plugin, plugin.Version, up.Count(one => one.Report.Plugins.Any(plugin.IsSame)), up.Count)),
        ])
    {
        IsDraining = other.IsDraining,
        Labels = other.Report.Labels,
    };
}
