using System.Text.Json.Serialization;
using PluginHost.Scripts;
using PluginHost.Swapping;

namespace PluginHost.Cluster.Nodes;

/// <summary>A version of a plugin that is live on a node.</summary>
/// <param name="Plugin">The plugin.</param>
/// <param name="Version">The version, for people.</param>
/// <param name="ContentKey">Of all that went into the build: two nodes with the same one do the same.</param>
internal sealed record LiveOnNode(string Plugin, string Version, string ContentKey)
{
    /// <summary>Of what was built; null from a node that does not say it.</summary>
    public string? OutputHash { get; init; }

    public static LiveOnNode Of(LivePlugin plugin) =>
        new(plugin.Id, plugin.Version.Id, plugin.Version.Artifact.ContentKey) { OutputHash = plugin.Version.Artifact.OutputHash };

    /// <summary>Whether both do the same: of the same content, or the same bytes although of another content, as after a change that makes no difference to what is built.</summary>
    public bool IsSame(LiveOnNode other) =>
        Plugin.Equals(other.Plugin, StringComparison.OrdinalIgnoreCase) && (ContentKey == other.ContentKey || (OutputHash is not null && OutputHash == other.OutputHash));
}

/// <summary>What a node says of itself each time it checks in.</summary>
/// <param name="HostVersion">The version of PluginHost.</param>
/// <param name="Running">The runs under way.</param>
/// <param name="Queued">The runs that wait.</param>
/// <param name="ClockOffsetMs">How far its clock is before the database's, in milliseconds.</param>
/// <param name="Plugins">What is live.</param>
internal sealed record NodeReport(string HostVersion, int Running, int Queued, double ClockOffsetMs, IReadOnlyList<LiveOnNode> Plugins)
{
    /// <summary>Whether it starts what schedules ask for.</summary>
    public bool TakesTurns { get; init; } = true;

    /// <summary>What sets it apart; none of one whose version knows of no labels.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];
}

/// <summary>A node as the database has it.</summary>
/// <param name="Id">Its name.</param>
/// <param name="IsUp">Whether it checks in; false once another has taken it for dead, or it has stopped.</param>
/// <param name="StartedAt">When it started, by the database's clock.</param>
/// <param name="LastCheckIn">When it was last heard of, by the database's clock.</param>
/// <param name="Silence">How long ago that was.</param>
/// <param name="Report">What it said then.</param>
internal sealed record NodeRecord(string Id, bool IsUp, DateTimeOffset StartedAt, DateTimeOffset LastCheckIn, TimeSpan Silence, NodeReport Report)
{
    /// <summary>Whether an operator keeps it from new runs.</summary>
    public bool IsDraining { get; init; }

    /// <summary>Whether it starts what schedules ask for: it is up, not drained, and has said so.</summary>
    public bool TakesTurns => IsUp && !IsDraining && Report.TakesTurns;

    /// <summary>Whether it takes what needs a label; null for what needs none.</summary>
    public bool Has(string? label) => NodeLabels.Suffice(Report.Labels, label);

    /// <summary>The version of a plugin that is live on it, if one is.</summary>
    public LiveOnNode? Find(string pluginId) => Report.Plugins.FirstOrDefault(live => live.Plugin.Equals(pluginId, StringComparison.OrdinalIgnoreCase));
}

[JsonSerializable(typeof(NodeReport))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class NodeJson : JsonSerializerContext;
