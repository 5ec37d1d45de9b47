namespace PluginHost.Scripts;

/// <summary>Reads on which nodes a script runs.</summary>
internal static class PlacementReader
{
    /// <param name="attribute">What is written on the class.</param>
    /// <param name="isFollower">Whether it runs after another script.</param>
    /// <param name="report">Told each mistake, as a sentence.</param>
    /// <returns>The label that a node must have; null for none.</returns>
    public static string? Read(ScriptAttribute attribute, bool isFollower, Action<string> report)
    {
        if (!Enum.IsDefined(attribute.RunOn))
        {
            report($"RunOn is {(int)attribute.RunOn}, which is none of {string.Join(", ", Enum.GetNames<RunOn>())}.");
        }

        if (attribute.RunOn == RunOn.EveryNode && isFollower)
        {
            report("It runs on every node, and after another script, which is not supported: that other script has ended on one node. Take [RunAfter] away and give it a schedule, or let it run on one node.");
        }

        if (attribute.NodeLabel is { } label && NodeLabels.Problem(label) is { } problem)
        {
            report($"NodeLabel is \"{label}\". {problem}");
        }

        return attribute.NodeLabel;
    }
}
