using Microsoft.Extensions.Options;
using PluginHost.Swapping;

namespace PluginHost.Hosting;

/// <summary>The host is alone.</summary>
internal sealed class OneNode(HostSummary summary, LiveRegistry live, IOptions<PluginHostOptions> options, TimeProvider time) : INodes
{
    public Task<NodeInfo> SetDrainingAsync(string nodeId, bool isDraining, CancellationToken cancellationToken) => Task.FromException<NodeInfo>(nodeId.Equals(options.Value.NodeName, StringComparison.OrdinalIgnoreCase)
        ? new ConflictException("This host is alone: no other node could take its runs, so it cannot be drained. Pause its scripts, or stop it, which cancels what is under way.")
        : new NotFoundException("node", nodeId));

    public PluginRollout? RolloutOf(string pluginId) => null;

    public IReadOnlyList<NodeInfo> List()
    {
        var (status, now) = (summary.Read(), time.GetUtcNow());
        return
        [
            new NodeInfo(
                options.Value.NodeName, IsUp: true, IsThis: true, status.Version, now.AddMilliseconds(-status.UptimeMs), now, 0, status.Counts.RunningRuns, status.Counts.QueuedRuns,
                [.. live.Current.Plugins.Values.OrderBy(plugin => plugin.Id, StringComparer.OrdinalIgnoreCase).Select(plugin => new NodePluginInfo(plugin.Id, plugin.Version.Id, 1, 1))])
            {
                Labels = [.. options.Value.NodeLabels],
            },
        ];
    }
}
