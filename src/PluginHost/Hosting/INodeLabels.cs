using Microsoft.Extensions.Options;

namespace PluginHost.Hosting;

/// <summary>Knows the labels of the nodes that are up. Answers without a database.</summary>
internal interface INodeLabels
{
    /// <summary>All of them together, each once; null where it is not known which nodes there are.</summary>
    IReadOnlyCollection<string>? OfNodesUp { get; }
}

/// <summary>The host is alone, and has its own.</summary>
internal sealed class OwnLabels(IOptions<PluginHostOptions> options) : INodeLabels
{
    public IReadOnlyCollection<string>? OfNodesUp => [.. options.Value.NodeLabels];
}

/// <summary>What is checked here runs on nodes elsewhere.</summary>
internal sealed class LabelsElsewhere : INodeLabels
{
    public IReadOnlyCollection<string>? OfNodesUp => null;
}
