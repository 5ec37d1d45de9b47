using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using PluginHost.Hosting;
using PluginHost.Loading;
using PluginHost.Pipeline;
using PluginHost.Running;
using PluginHost.Swapping;

namespace PluginHost.Telemetry;

/// <summary>What is so at the moment at which somebody asks.</summary>
internal sealed class HostMetrics(
    IMeterFactory meters, PluginStates plugins, SourceWatchers sources, LiveRegistry live, LeakedVersions leaked, RunService runs, HostProblems problems) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var meter = meters.Create(PluginHostTelemetry.MeterName);
        meter.CreateObservableUpDownCounter("pluginhost.run.queued", () => (long)runs.Counts.Queued, "{run}", "Runs that wait: for a place, a later time or a retry.");
        meter.CreateObservableUpDownCounter("pluginhost.script.count", () => (long)live.Current.Scripts.Count, "{script}", "Scripts of the live plugins.");
        meter.CreateObservableUpDownCounter("pluginhost.plugin.count", Plugins, "{plugin}", "Plugins, by how they are.");
        meter.CreateObservableUpDownCounter("pluginhost.plugin.leaked", () => (long)leaked.All.Count, "{version}", "Unloaded versions that stay in memory.");
        meter.CreateObservableGauge("pluginhost.source.up", Sources, "{source}", "1 while the last check of the source succeeded, else 0.");
        meter.CreateObservableUpDownCounter("pluginhost.host.problem.count", () => (long)problems.All.Count, "{problem}", "What is wrong with the host itself.");
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // Each state, also those that no plugin is in: what is not there cannot be compared with 0.
    private IEnumerable<Measurement<long>> Plugins()
    {
        var counts = plugins.All.CountBy(plugin => plugin.State).ToDictionary();
        return Enum.GetValues<PluginState>().Select(state => new Measurement<long>(counts.GetValueOrDefault(state), new KeyValuePair<string, object?>("pluginhost.plugin.state", Names.Of(state))));
    }

    private IEnumerable<Measurement<long>> Sources() =>
        sources.Infos.Select(source => new Measurement<long>(source.Error is null ? 1 : 0, new KeyValuePair<string, object?>(Names.Source, source.Name)));
}
