using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PluginHost.Scripts;
using PluginHost.Swapping;

namespace PluginHost.Running;

/// <summary>Runs a script once: from its version to its outcome.</summary>
internal sealed partial class RunExecutor(
    LiveRegistry live,
    IStoredVersions stored,
    InProcessRunner inProcess,
    IIsolatedRunner isolated,
    ScriptThreads threads,
    RunLogs logs,
    StopGrace stopGrace,
    IOptions<PluginHostOptions> options,
    TimeProvider time,
    ILoggerFactory loggers,
    ILogger<RunExecutor> logger)
{
    // What does not heed an abort by then is in native code, or waits.
    private static readonly TimeSpan AbortLimit = TimeSpan.FromSeconds(5);

    /// <summary>Takes the version that the run is to use, at the moment at which it starts.</summary>
    public async Task<VersionLease> LeaseAsync(ActiveRun run)
    {
        var (id, plugin) = (run.Info.Script, run.Info.Plugin);
        return run.WantedVersion is { } wanted
            ? await stored.LeaseAsync(plugin, wanted, run.CancellationToken) ?? throw new NotFoundException("version", $"{plugin} {wanted}")
            : live.Lease(id) ?? throw new NotFoundException("script", id);
    }

    /// <summary>The same, or null when it cannot be had: then the run says why when it starts.</summary>
    public async Task<VersionLease?> TryLeaseAsync(ActiveRun run)
    {
        try
        {
            return await LeaseAsync(run);
        }
        catch (Exception)
        {
            return null;
        }
    }

    /// <summary>Runs the script to its end, or gives up on it after its grace.</summary>
    /// <param name="run">A run that has begun. Its lease is taken when the script outlives the run, and given back when that has really ended.</param>
    /// <returns>How it ended.</returns>
    public async Task<RunInfo> ExecuteAsync(ActiveRun run)
    {
        var lease = run.Lease;
        var isolation = run.Info.Isolation;
        var log = logs.Open(run.Info, run.Secrets);
        run.TellLogIsOpen();
        using var abort = isolation == ScriptIsolation.Host && options.Value.Runs.AbortAfterGrace ? new CancellationTokenSource() : null;
        var script = new ScriptRun(run, lease, log, loggers.CreateLogger(ScriptServices.LogCategory(run.Info.Script)), abort?.Token ?? CancellationToken.None);
        IScriptRunner runner = isolation == ScriptIsolation.Process ? isolated : inProcess;

        // A thread for scripts, so that a script that blocks blocks nobody else, and none of the host's context flows into it.
        using var limit = TimeLimit(run, lease);
        var work = isolation == ScriptIsolation.Process ? Task.Run(() => runner.RunAsync(script)) : threads.RunAsync(() => runner.RunAsync(script));
        await Task.WhenAny(work, run.StopRequested);
        if (!work.IsCompleted)
        {
            await Task.WhenAny(work, Task.Delay(options.Value.Runs.CancelGrace, time, CancellationToken.None), stopGrace.Over);
        }

        if (!work.IsCompleted && abort is not null)
        {
            log.Write("WRN", $"The script did not stop within {options.Value.Runs.CancelGrace} of being asked to, and its thread is aborted (PluginHost:Runs:AbortAfterGrace).");
            _ = abort.CancelAsync();
            await Task.WhenAny(work, Task.Delay(AbortLimit, time, CancellationToken.None));
        }

        return Finish(run, work.IsCompleted ? Outcome(run, work) : GiveUp(script, runner, work));
    }

    /// <summary>The run ends without its script, which has its version for as long as it is at work.</summary>
    private RunInfo GiveUp(ScriptRun script, IScriptRunner runner, Task work)
    {
        var (run, lease, log) = (script.Run, script.Lease, script.Log);
        log.Write("WRN", stopGrace.Over.IsCompleted
            ? "The script did not stop in the time that the stopping host had left for it, and is given up on."
            : $"The script did not stop within {options.Value.Runs.CancelGrace} of being asked to, and is given up on.");
        var error = runner.GiveUp(script);
        LogAbandoned(run.Info.Script, run.Id);
        run.TakeLease();
        lease.GiveUp();
        _ = work.ContinueWith(_ => lease.Dispose(), TaskScheduler.Default);
        return run.Info with { State = run.StopState!.Value, Error = error };
    }

    private ITimer? TimeLimit(ActiveRun run, VersionLease lease) =>
        (lease.Version.FindScript(run.Info.Script)?.Timeout ?? options.Value.Runs.DefaultTimeout) is { } limit
            ? time.CreateTimer(_ => run.RequestStop(RunState.TimedOut), null, limit, Timeout.InfiniteTimeSpan)
            : null;

    private static RunInfo Outcome(ActiveRun run, Task<RunError?> work)
    {
        var error = work.IsCompletedSuccessfully ? work.Result : RunErrors.Of(work.Exception!.GetBaseException()).Without(run.Secrets);
        return run.StopState is { } stopped
            ? run.Info with { State = stopped, Error = stopped == RunState.TimedOut ? new RunError("Timeout", "The run took longer than its time limit.", null) : null }
            : run.Info with { State = error is null ? RunState.Succeeded : RunState.Failed, Error = error };
    }

    private RunInfo Finish(ActiveRun run, RunInfo outcome)
    {
        logs.Close(run.Info);
        return outcome with { FinishedAt = time.GetUtcNow() };
    }

    [LoggerMessage(EventId = 703, Level = LogLevel.Warning, Message = "Run '{RunId}' of script '{ScriptId}' did not stop when it was asked to, and is given up on.")]
    private partial void LogAbandoned(string scriptId, string runId);
}
