using Microsoft.Extensions.Options;

namespace PluginHost.Cluster.Nodes;

/// <summary>This node.</summary>
internal sealed class Node(IOptions<PluginHostOptions> options)
{
    /// <summary>Its name, the same after each start.</summary>
    public string Id { get; } = options.Value.NodeName;

    /// <summary>Tells this start of it from those before; a new one once the others have taken it for dead.</summary>
    public string Incarnation { get; private set; } = NewIncarnation();

    /// <summary>Why it takes no runs at present; null when it does.</summary>
    public string? Fence { get; set; }

    /// <summary>Whether an operator keeps it from new runs, as of the last check-in.</summary>
    public bool IsDraining { get; set; }

    /// <summary>What sets it apart.</summary>
    public IReadOnlyList<string> Labels { get; } = [.. options.Value.NodeLabels];

    public bool Is(string node) => node.Equals(Id, StringComparison.OrdinalIgnoreCase);

    public void BeginAnew() => Incarnation = NewIncarnation();

    private static string NewIncarnation() => Guid.NewGuid().ToString("n");
}
