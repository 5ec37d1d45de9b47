using System.Text.RegularExpressions;

namespace PluginHost.Scripts;

/// <summary>What nodes are told apart by. Compared without case.</summary>
internal static partial class NodeLabels
{
    public const int Most = 64;

    /// <summary>What is wrong with a label, or null.</summary>
    public static string? Problem(string label) =>
        Label().IsMatch(label) ? null : "A label is 1 to 63 of A-Z, a-z, 0-9 and . _ = : / -, and begins with a letter or digit, such as gpu or region=eu.";

    /// <summary>Whether a node with some labels takes what needs one.</summary>
    /// <param name="labels">The node's.</param>
    /// <param name="needed">What is needed; null for nothing.</param>
    public static bool Suffice(IEnumerable<string> labels, string? needed) => needed is null || labels.Contains(needed, StringComparer.OrdinalIgnoreCase);

    /// <summary>For people.</summary>
    public static string List(IReadOnlyCollection<string> labels) => labels.Count == 0 ? "none" : string.Join(", ", labels.Order(StringComparer.OrdinalIgnoreCase));

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._=:/-]{0,62}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Label();
}
