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
            : Keep(plan, candidate, build);
    }

    private Candidate Keep(ChangePlan plan, Candidate candidate, BuildResult build)
    {
        try
        {
            return candidate with { Artifact = Keep(plan.Snapshot, candidate.Planned, build) };
        }
        catch (Exception damage) when (build.Drop is not null && damage is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            // Without its inputs, so that the same drop is tried again once it is whole.
            build.Drop.LookAgain();
            var reason = damage is InvalidDataException ? damage.Message : $"it cannot be kept here ({damage.Message})";
            var problem = $"Drop {build.Drop.Version} of {candidate.PluginId} is not taken: {reason}. What is live stays live. It is taken when it is whole again.";
            return candidate.Reject(new PluginProblem(ProblemStage.Fetch, build.Drop.Commit, problem, []));
        }
    }

    private PluginArtifact Keep(Sources.SourceSnapshot snapshot, PlannedPlugin planned, BuildResult build) => store.Keep(
        new PluginArtifact
        {
            PluginId = planned.PluginId,
            Source = snapshot.Source,
            Project = planned.Project,
            ContentKey = build.Inputs!.ContentKey,
            Commit = build.Drop?.Commit ?? snapshot.Commit,
            Author = build.Drop?.Author ?? snapshot.Author,
            Message = build.Drop?.Message ?? snapshot.Message,
            BuildUrl = build.Drop?.Manifest.BuildUrl,
            BuiltAt = time.GetUtcNow(),
            Node = options.Value.NodeName,
            AssemblyFile = build.Output!.Assembly,
            OutputHash = "",
            Inputs = build.Inputs,
            Warnings = build.Warnings,
        },
        build.Output.Folder,
        build.Drop?.Manifest.Files);

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
