using Microsoft.Extensions.Options;
using PluginHost.History;
using PluginHost.Hosting;

namespace PluginHost.Running;

/// <summary>Runs scripts in this process, in the load context of their version.</summary>
internal sealed class InProcessRunner(
    ScriptInvoker invoker,
    ProcessGlobals globals,
    SecretParameters secrets,
    ScriptValueStore values,
    HostEvents events,
    IOptions<PluginHostOptions> options) : IScriptRunner
{
    public async Task<RunError?> RunAsync(ScriptRun script)
    {
        var (run, lease) = (script.Run, script.Lease);
        var watch = globals.Begin(run.Info.Script);
        var error = await invoker.InvokeAsync(new ScriptInvocation
        {
            Facts = RunFacts.Of(run.Info, lease.Version),
            Span = run.Span,
            FindAsync = async () => await lease.FindScriptAsync(run.Info.Script) ?? throw new NotFoundException("script", $"{run.Info.Script} in version {lease.Version.Id}"),
            Parameters = definition => secrets.RevealTo(run, definition.Parameters.Secrets),
            Services = lease.GetServicesAsync,
            Output = new RunOutput(run, script.Log, script.HostLogger, events),
            Values = values,
            Limits = options.Value.Runs,
            CancellationToken = run.CancellationToken,
            Abort = script.Abort,
        });
        watch.End(text => script.Log.Write("WRN", text));
        return error?.Without(run.Secrets);
    }

    public RunError GiveUp(ScriptRun script)
    {
        script.Log.Write("WRN", $"Version {script.Lease.Version.Id} stays loaded until it ends.");
        return new RunError("Abandoned", "The script did not stop when it was asked to. It may still be at work.", null);
    }
}
