using PluginHost.Artifacts;
using PluginHost.Sources;

namespace PluginHost.Planning;

/// <summary>What a commit means for each plugin.</summary>
/// <param name="Snapshot">The commit.</param>
/// <param name="Environment">What besides the commit decides the output of its builds.</param>
/// <param name="Plugins">One entry for each plugin of the commit.</param>
/// <param name="Removed">The ids of live plugins that the commit no longer has.</param>
internal sealed record ChangePlan(
    SourceSnapshot Snapshot,
    string Environment,
    IReadOnlyList<PlannedPlugin> Plugins,
    IReadOnlyList<string> Removed)
{
    public IReadOnlyList<PlannedPlugin> ToBuild => [.. Plugins.Where(plugin => plugin.Action == PlanAction.Build)];
}

/// <summary>What a commit means for one plugin.</summary>
/// <param name="PluginId">The project file's name without extension.</param>
/// <param name="Project">The project file, from the root of the repository.</param>
/// <param name="Action">What to do.</param>
/// <param name="Reason">Why, in words.</param>
internal sealed record PlannedPlugin(string PluginId, string Project, PlanAction Action, string Reason)
{
    /// <summary>The stored build to go live, for <see cref="PlanAction.Reuse"/>; the one that is live, for <see cref="PlanAction.Keep"/>.</summary>
    public PluginArtifact? Artifact { get; init; }

    /// <summary>Why it is refused, for <see cref="PlanAction.Reject"/>.</summary>
    public PluginProblem? Problem { get; init; }
}

internal enum PlanAction
{
    /// <summary>What is live was made of the same content.</summary>
    Keep,

    /// <summary>A stored build was made of the same content.</summary>
    Reuse,

    Build,

    /// <summary>It cannot be built, or was tried with the same content and rejected.</summary>
    Reject,
}
