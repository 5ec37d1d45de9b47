using PluginHost.Swapping;

namespace PluginHost.Running;

/// <summary>Tells which runs follow the end of one: they are stored together with it.</summary>
internal sealed class RunSuccessors(LiveRegistry live, RunFactory factory)
{
    public IReadOnlyList<RunInfo> Of(RunInfo finished) => Retry(finished) is { } retry ? [retry] : [];

    private RunInfo? Retry(RunInfo finished) =>
        finished.State is RunState.Failed or RunState.TimedOut
        && live.Current.Scripts.TryGetValue(finished.Script, out var script) && finished.Attempt < script.Descriptor.MaxAttempts
            ? factory.CreateRetry(finished, RetryDelay.After(finished.Attempt, script.Descriptor))
            : null;
}
