using System.Collections.Concurrent;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using PluginHost.History;
using PluginHost.Hosting;
using PluginHost.Running;
using PluginHost.Scripts;
using PluginHost.Telemetry;

namespace PluginHost.Isolation;

/// <summary>Runs scripts in worker processes.</summary>
internal sealed class WorkerRunner(
    Workers workers,
    ScriptServicesFactory services,
    SecretParameters secrets,
    ScriptValueStore values,
    HostEvents events,
    IOptions<PluginHostOptions> options) : IIsolatedRunner
{
    private readonly ConcurrentDictionary<string, WorkerPlace> _places = new();

    public async Task<RunError?> RunAsync(ScriptRun script)
    {
        var (run, version, id) = (script.Run, script.Lease.Version, script.Run.Info.Script);
        try
        {
            var descriptor = version.FindScript(id) ?? throw new NotFoundException("script", $"{id} in version {version.Id}");
            var parameters = secrets.RevealTo(run, descriptor.SecretParameters);
            using var place = await workers.EnterAsync(version, run.CancellationToken);
            _places[run.Id] = place;
            using var spans = run.Span is { Recorded: true } && ActivityIds.CanBeSet ? new ForwardedSpans(run.Secrets) : null;
            var error = await place.Process.RunAsync(
                new RunInWorker(
                    new StartRun(RunFacts.Of(run.Info, version), parameters, Settings(id), spans is not null),
                    new RunOutput(run, script.Log, script.HostLogger, events),
                    new RunStateStore(id, values, options.Value.Runs),
                    spans),
                run.CancellationToken);
            return error?.Without(run.Secrets);
        }
        catch (Exception failure)
        {
            var error = (failure as WorkerException)?.ToRunError() ?? RunErrors.Of(failure);
            if (run.StopState is null)
            {
                script.Log.Write("ERR", $"{error.Type}: {error.Message}\n{error.StackTrace}");
            }

            return error.Without(run.Secrets);
        }
        finally
        {
            _places.TryRemove(run.Id, out _);
        }
    }

    public RunError GiveUp(ScriptRun script)
    {
        var others = _places.TryGetValue(script.Run.Id, out var place) ? place.GiveUp($"run {script.Run.Id} in it did not stop when it was asked to") : 0;
        var what = others == 0
            ? "Its worker process was ended."
            : $"Its worker process takes no more runs, and is ended when the {(others == 1 ? "other run in it has" : $"{others} other runs in it have")} ended.";
        script.Log.Write("WRN", what);
        return new RunError(others == 0 ? "Killed" : "Abandoned", $"The script did not stop when it was asked to. {what}", null);
    }

    private Dictionary<string, string?> Settings(string scriptId)
    {
        var settings = services.ReadConfiguration(scriptId);
        using var owned = (IDisposable)settings;
        return settings.AsEnumerable().ToDictionary(setting => setting.Key, setting => setting.Value);
    }
}
