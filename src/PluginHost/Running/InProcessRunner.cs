using Microsoft.Extensions.Options;
using PluginHost.History;
using PluginHost.Hosting;
using PluginHost.Scripts;

namespace PluginHost.Running;

/// <summary>Runs scripts in this process, in the load context of their version.</summary>
internal sealed class InProcessRunner(
    ScriptServicesFactory services,
    ConsoleCapture console,
    SecretParameters secrets,
    ScriptValueStore values,
    HostEvents events,
    IOptions<PluginHostOptions> options,
    TimeProvider time) : IScriptRunner
{
    private static readonly TimeSpan DisposeLimit = TimeSpan.FromSeconds(10);

    /// <summary>Everything that touches objects of the plugin.</summary>
    public async Task<RunError?> RunAsync(ScriptRun script)
    {
        var (run, lease, log, hostLogger) = script;
        using var captured = console.CaptureInto(log);
        var runLoggers = new RunLoggerFactory(log, hostLogger, run.Secrets);
        await using var provider = services.Create(run.Info.Script, runLoggers);
        IScript? instance = null;
        try
        {
            var definition = await lease.FindScriptAsync(run.Info.Script) ?? throw new NotFoundException("script", $"{run.Info.Script} in version {lease.Version.Id}");
            var given = secrets.Reveal(run.Info.Script, run.Info.Parameters);
            run.Secrets.Learn(given, definition.Parameters.Secrets.Concat(SecretParameters.NamesIn(run.Info.Parameters)));
            var parameters = definition.Parameters.Bind(given, out var errors)
                ?? throw new InvalidParametersException(run.Info.Script, errors);
            instance = ScriptActivator.Create(definition.Type, provider);
            parameters.ApplyTo(instance);
            var context = new RunContext(
                run, lease.Version.Commit, lease.Version.Artifact.Directory, runLoggers.CreateLogger(""), provider, time, new RunStateStore(run.Info.Script, values, options.Value.Runs), events, options.Value.Runs.MaxResultBytes);
            await instance.RunAsync(context, run.CancellationToken);
            return null;
        }
        catch (Exception failure)
        {
            // Only text leaves: a kept exception keeps the plugin in memory, by the methods in its stack trace.
            var error = RunErrors.Of(failure, run.Secrets);
            if (run.StopState is null)
            {
                log.Write("ERR", error.StackTrace!);
            }

            return error;
        }
        finally
        {
            await DisposeAsync(instance, log);
        }
    }

    public RunError GiveUp(ScriptRun script) => new("Abandoned", "The script did not stop when it was asked to. It may still be at work.", null);

    private async Task DisposeAsync(IScript? script, RunLog log)
    {
        if (script is null)
        {
            return;
        }

        try
        {
            // On a thread of its own: a Dispose that blocks would block the waiting, too, and with it the limit.
            await Task.Run(() => ScriptActivator.DisposeAsync(script).AsTask()).WaitAsync(DisposeLimit, time);
        }
        catch (Exception failure)
        {
            log.Write("WRN", $"Disposing the script failed: {ExceptionText.Describe(failure)}");
        }
    }
}
