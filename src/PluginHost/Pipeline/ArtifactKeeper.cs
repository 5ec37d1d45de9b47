using Microsoft.Extensions.Options;
using PluginHost.Artifacts;
using PluginHost.Building;
using PluginHost.Planning;
using PluginHost.Swapping;

namespace PluginHost.Pipeline;

/// <summary>Turns the plan and its builds into candidates with a kept artifact each.</summary>
internal sealed class ArtifactKeeper(ArtifactStore store, LiveRegistry live, IOptions<PluginHostOptions> options, TimeProvider time)
{
    public IReadOnlyList<Candidate> Keep(ChangePlan plan, BuildReport builds) =>
        [.. plan.Plugins.Select(planned => LeaveIfSame(Keep(plan, planned, builds)))];

    private Candidate Keep(ChangePlan plan, PlannedPlugin planned, BuildReport builds)
    {
        var candidate = new Candidate(planned) { Artifact = planned.Artifact };
        if (planned.Problem is not null)
        {
            return candidate.Reject(planned.Problem);
        }

        if (planned.Action != PlanAction.Build)
        {
            return candidate;
        }

        var build = builds.Plugins[planned.PluginId];
        return build.Output is null
            ? (candidate with { Inputs = build.Inputs }).Reject(build.Problem!)
            : candidate with { Artifact = Keep(plan.Snapshot, planned, build) };
    }

    private PluginArtifact Keep(Sources.SourceSnapshot snapshot, PlannedPlugin planned, BuildResult build) => store.Keep(
        new PluginArtifact
        {
            PluginId = planned.PluginId,
            Source = snapshot.Source,
            Project = planned.Project,
            ContentKey = build.Inputs!.ContentKey,
            Commit = snapshot.Commit,
            Author = snapshot.Author,
            Message = snapshot.Message,
            BuiltAt = time.GetUtcNow(),
            Node = options.Value.NodeName,
            AssemblyFile = build.Output!.Assembly,
            OutputHash = "",
            Inputs = build.Inputs,
            Warnings = build.Warnings,
        },
        build.Output.Folder);

    private Candidate LeaveIfSame(Candidate candidate)
    {
        if (candidate.Outcome is not null || !live.Current.Plugins.TryGetValue(candidate.PluginId, out var plugin))
        {
            return candidate;
        }

        if (candidate.Planned.Action == PlanAction.Keep)
        {
            return candidate.Leave(candidate.Reason);
        }

        return candidate.Artifact!.OutputHash == plugin.Version.Artifact.OutputHash
            ? candidate.Leave($"{candidate.Reason}, and its build gives the same bytes as what is live")
            : candidate;
    }
}
