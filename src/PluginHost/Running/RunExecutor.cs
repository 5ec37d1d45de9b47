using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PluginHost.History;
using PluginHost.Hosting;
using PluginHost.Scripts;
using PluginHost.Swapping;

namespace PluginHost.Running;

/// <summary>Runs a script once: from its version to its outcome.</summary>
internal sealed partial class RunExecutor(
    LiveRegistry live,
    IStoredVersions stored,
    RunLogs logs,
    ConsoleCapture console,
    SecretParameters secrets,
    ScriptValueStore values,
    HostEvents events,
    StopGrace stopGrace,
    IOptions<PluginHostOptions> options,
    TimeProvider time,
    ILoggerFactory loggers,
    ILogger<RunExecutor> logger)
{
    private static readonly TimeSpan DisposeLimit = TimeSpan.FromSeconds(10);

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
        var log = logs.Open(run.Info, run.Secrets);
        run.TellLogIsOpen();
        var version = lease.Version;
        var hostLogger = loggers.CreateLogger(ScriptServices.LogCategory(run.Info.Script));

        // A thread-pool thread of its own, so that a script that blocks blocks nobody else, and none of the host's
        // context flows into it.
        using var limit = TimeLimit(run, lease);
        var work = Task.Run(() => RunScriptAsync(run, lease, log, hostLogger));
        await Task.WhenAny(work, run.StopRequested);
        if (!work.IsCompleted)
        {
            await Task.WhenAny(work, Task.Delay(options.Value.Runs.CancelGrace, time, CancellationToken.None), stopGrace.Over);
        }

        // From here on nothing stands on the script's stack: what holds its frames keeps its version in memory.
        await Task.Yield();
        if (work.IsCompleted)
        {
            var outcome = Outcome(run, work);
            return Finish(run, outcome);
        }

        log.Write("WRN", stopGrace.Over.IsCompleted
            ? "The script did not stop in the time that the stopping host had left for it, and is given up on."
            : $"The script did not stop within {options.Value.Runs.CancelGrace} of being asked to, and is given up on. Version {version.Id} stays loaded until it ends.");
        LogAbandoned(run.Info.Script, run.Id);
        run.TakeLease();
        lease.GiveUp();
        _ = work.ContinueWith(_ => lease.Dispose(), TaskScheduler.Default);
        return Finish(run, run.Info with { State = run.StopState!.Value, Error = new RunError("Abandoned", "The script did not stop when it was asked to. It may still be at work.", null) });
    }

    private ITimer? TimeLimit(ActiveRun run, VersionLease lease) =>
        (lease.Version.FindScript(run.Info.Script)?.Timeout ?? options.Value.Runs.DefaultTimeout) is { } limit
            ? time.CreateTimer(_ => run.RequestStop(RunState.TimedOut), null, limit, Timeout.InfiniteTimeSpan)
            : null;

    /// <summary>Everything that touches objects of the plugin. Answers null, or why it failed, as text.</summary>
    private async Task<RunError?> RunScriptAsync(ActiveRun run, VersionLease lease, RunLog log, ILogger hostLogger)
    {
        using var captured = console.CaptureInto(log);
        var runLoggers = new RunLoggerFactory(log, hostLogger, run.Secrets);
        IScript? script = null;
        ScriptServices? provider = null;
        try
        {
            provider = (await lease.GetServicesAsync()).CreateScope(run.Info.Script, runLoggers);
            var definition = await lease.FindScriptAsync(run.Info.Script) ?? throw new NotFoundException("script", $"{run.Info.Script} in version {lease.Version.Id}");
            var given = secrets.Reveal(run.Info.Script, run.Info.Parameters);
            run.Secrets.Learn(given, definition.Parameters.Secrets.Concat(SecretParameters.NamesIn(run.Info.Parameters)));
            var parameters = definition.Parameters.Bind(given, out var errors)
                ?? throw new InvalidParametersException(run.Info.Script, errors);
            script = ScriptActivator.Create(definition.Type, provider);
            parameters.ApplyTo(script);
            var context = new RunContext(
                run, lease.Version.Commit, lease.Version.Artifact.Directory, runLoggers.CreateLogger(""), provider, time, new RunStateStore(run.Info.Script, values, options.Value.Runs), events, options.Value.Runs.MaxResultBytes);
            await script.RunAsync(context, run.CancellationToken);
            return null;
        }
        catch (Exception failure)
        {
            // Only text leaves: a kept exception keeps the plugin in memory, by the methods in its stack trace.
            var error = ErrorOf(failure, run.Secrets);
            if (run.StopState is null)
            {
                log.Write("ERR", error.StackTrace!);
            }

            return error;
        }
        finally
        {
            await DisposeAsync(script, "the script", log);
            await DisposeAsync(provider, "the services that it got", log);
        }
    }

    private async Task DisposeAsync(object? used, string what, RunLog log)
    {
        if (used is null)
        {
            return;
        }

        try
        {
            // On a thread of its own: a Dispose that blocks would block the waiting, too, and with it the limit.
            await Task.Run(() => ScriptActivator.DisposeAsync(used).AsTask()).WaitAsync(DisposeLimit, time);
        }
        catch (Exception failure)
        {
            log.Write("WRN", $"Disposing {what} failed: {ExceptionText.Describe(failure)}");
        }
    }

    private static RunInfo Outcome(ActiveRun run, Task<RunError?> work)
    {
        var error = work.IsCompletedSuccessfully ? work.Result : ErrorOf(work.Exception!.GetBaseException(), run.Secrets);
        return run.StopState is { } stopped
            ? run.Info with { State = stopped, Error = stopped == RunState.TimedOut ? new RunError("Timeout", "The run took longer than its time limit.", null) : null }
            : run.Info with { State = error is null ? RunState.Succeeded : RunState.Failed, Error = error };
    }

    private static RunError ErrorOf(Exception failure, SecretTexts secrets) => new(
        failure.GetType().FullName ?? failure.GetType().Name, secrets.Hide(ExceptionText.Message(failure)), secrets.Hide(ExceptionText.FullText(failure)));

    private RunInfo Finish(ActiveRun run, RunInfo outcome)
    {
        logs.Close(run.Info);
        return outcome with { FinishedAt = time.GetUtcNow() };
    }

    [LoggerMessage(EventId = 703, Level = LogLevel.Warning, Message = "Run '{RunId}' of script '{ScriptId}' did not stop when it was asked to, and is given up on.")]
    private partial void LogAbandoned(string scriptId, string runId);
}
