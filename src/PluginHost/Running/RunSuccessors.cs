using Microsoft.Extensions.Logging;
using PluginHost.Crashes;
using PluginHost.History;
using PluginHost.Swapping;

namespace PluginHost.Running;

/// <summary>Tells which runs follow the end of one: its retry, or else those of the scripts that run after it. They are stored together with the end.</summary>
internal sealed partial class RunSuccessors(LiveRegistry live, SelfStarts selfStarts, RunFactory factory, IRunPlacement placement, ILogger<RunSuccessors> logger)
{
    public IReadOnlyList<RunInfo> Of(RunInfo finished)
    {
        if (finished.State == RunState.Lost)
        {
            return finished.RerunWhenLost ? [factory.CreateRerun(finished)] : [];
        }

        var snapshot = live.Current;
        return Retry(finished, snapshot) is { } retry
            ? [retry]
            : [.. snapshot.RunAfter(finished.Script).Where(next => Follows(next.Script, next.On, finished)).Select(next => factory.CreateChained(next.Script, finished))];
    }

    private RunInfo? Retry(RunInfo finished, LiveSnapshot snapshot) =>
        finished.State is RunState.Failed or RunState.TimedOut
        && selfStarts.MayFollow(finished)
        && RefuseAlone(finished.NodeLabel) is null
        && snapshot.Scripts.TryGetValue(finished.Script, out var script) && finished.Attempt < script.Descriptor.MaxAttempts
            ? factory.CreateRetry(finished, RetryDelay.After(finished.Attempt, script.Descriptor))
            : null;

    private bool Follows(LiveScript script, RunAfterOutcome on, RunInfo finished)
    {
        if (on == RunAfterOutcome.Success && finished.State != RunState.Succeeded)
        {
            return false;
        }

        if ((selfStarts.Hindrance(script) ?? RefuseAlone(script.Descriptor.NodeLabel)) is not { } hindrance)
        {
            return true;
        }

        LogHindered(script.Descriptor.Id, finished.Script, finished.Id, hindrance);
        return false;
    }

    /// <summary>Among several nodes it waits for one that can take it.</summary>
    private string? RefuseAlone(string? label) => placement.IsAlone ? placement.RefuseHere(label) : null;

    [LoggerMessage(EventId = 707, Level = LogLevel.Information, Message = "Script '{ScriptId}' runs after '{EndedId}', whose run '{RunId}' has ended, but {Hindrance}, so nothing is started.")]
    private partial void LogHindered(string scriptId, string endedId, string runId, string hindrance);
}
