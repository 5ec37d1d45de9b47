using PluginHost.Artifacts;
using PluginHost.Loading;
using PluginHost.Planning;
using PluginHost.Scheduling;

namespace PluginHost.Pipeline;

/// <summary>A plugin of a commit on its way to being live; each stage adds to it, or ends its way.</summary>
/// <param name="Planned">What the plan says of it.</param>
internal sealed record Candidate(PlannedPlugin Planned)
{
    public string PluginId => Planned.PluginId;

    /// <summary>Its build, once there is one.</summary>
    public PluginArtifact? Artifact { get; init; }

    /// <summary>Its code, once it is loaded.</summary>
    public LoadedPlugin? Loaded { get; init; }

    /// <summary>What its schedules come to, once it is loaded.</summary>
    public ScheduleOutlook? Outlook { get; init; }

    /// <summary>What it was made of, when it was refused and that is known.</summary>
    public InputManifest? Inputs { get; init; }

    /// <summary>Why it was refused, or null.</summary>
    public PluginProblem? Problem { get; init; }

    /// <summary>How its way ended; null while it goes on.</summary>
    public PluginOutcomeKind? Outcome { get; init; }

    /// <summary>Why it ended so, in words.</summary>
    public string Reason { get; init; } = Planned.Reason;

    public Candidate Reject(PluginProblem problem) =>
        this with { Outcome = PluginOutcomeKind.Rejected, Problem = problem, Reason = problem.Message, Inputs = Inputs ?? Artifact?.Inputs };

    public Candidate Leave(string reason) => this with { Outcome = PluginOutcomeKind.Unchanged, Reason = reason };
}
