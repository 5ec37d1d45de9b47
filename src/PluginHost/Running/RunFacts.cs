using PluginHost.Swapping;

namespace PluginHost.Running;

/// <summary>What a script is told of its run.</summary>
internal sealed record RunFacts(string RunId, string ScriptId, string Commit, string PluginDirectory, RunTrigger Trigger, DateTimeOffset? ScheduledFor, int Attempt)
{
    public string? TraceParent { get; init; }

    public string? TraceState { get; init; }

    public static RunFacts Of(RunInfo run, PluginVersion version) =>
        new(run.Id, run.Script, version.Commit, version.Artifact.Directory, run.Trigger, run.ScheduledFor, run.Attempt) { TraceParent = run.TraceParent, TraceState = run.TraceState };
}
