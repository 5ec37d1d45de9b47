using System.Text.Json.Serialization;

namespace PluginHost.Cluster.Nodes;

/// <summary>A version of a plugin that is live on a node.</summary>
/// <param name="Plugin">The plugin.</param>
/// <param name="Version">The version, for people.</param>
/// <param name="ContentKey">Of all that went into the build: two nodes with the same one do the same.</param>
internal sealed record LiveOnNode(string Plugin, string Version, string ContentKey);

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
}

/// <summary>A node as the database has it.</summary>
/// <param name="Id">Its name.</param>
/// <param name="IsUp">Whether it checks in; false once another has taken it for dead, or it has stopped.</param>
/// <param name="StartedAt">When it started, by the database's clock.</param>
/// <param name="LastCheckIn">When it was last heard of, by the database's clock.</param>
/// <param name="Silence">How long ago that was.</param>
/// <param name="Report">What it said then.</param>
internal sealed record NodeRecord(string Id, bool IsUp, DateTimeOffset StartedAt, DateTimeOffset LastCheckIn, TimeSpan Silence, NodeReport Report);

[JsonSerializable(typeof(NodeReport))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class NodeJson : JsonSerializerContext;
