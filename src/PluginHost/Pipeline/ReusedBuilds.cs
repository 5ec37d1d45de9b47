using Microsoft.Extensions.Logging;
using PluginHost.Artifacts;
using PluginHost.Planning;

namespace PluginHost.Pipeline;

/// <summary>Looks at the stored builds that a plan wants to go live, before anything is built: one that is damaged is built again.</summary>
internal sealed partial class ReusedBuilds(ArtifactStore store, ILogger<ReusedBuilds> logger)
{
    public ChangePlan Check(ChangePlan plan, KnownPlugins known) =>
        plan with { Plugins = [.. plan.Plugins.Select(planned => planned.Action == PlanAction.Reuse ? Check(plan, planned, known.Pinned.ContainsKey(planned.PluginId)) : planned)] };

    private PlannedPlugin Check(ChangePlan plan, PlannedPlugin planned, bool isPinned)
    {
        var artifact = planned.Artifact!;
        if (ArtifactStore.FindDamage(artifact) is not { } damage)
        {
            return planned;
        }

        LogDamaged(planned.PluginId, artifact.Version, damage);
        if (isPinned)
        {
            // Its source may have another content by now, and the operator wants this one.
            var problem = $"{planned.PluginId} is pinned to version {artifact.Version}, and that cannot go live: {damage}. What is live stays live. Pin it to another version, or unpin it.";
            return planned with { Action = PlanAction.Reject, Artifact = null, Reason = problem, Problem = new PluginProblem(ProblemStage.Load, plan.Snapshot.Commit, problem, []) };
        }

        store.Delete(artifact);
        return planned with { Action = PlanAction.Build, Artifact = null, Reason = $"the stored build of this content is damaged: {damage}" };
    }

    [LoggerMessage(EventId = 508, Level = LogLevel.Warning, Message = "The stored build '{Version}' of plugin '{PluginId}' is damaged, so it does not go live: {Damage}.")]
    private partial void LogDamaged(string pluginId, string version, string damage);
}
