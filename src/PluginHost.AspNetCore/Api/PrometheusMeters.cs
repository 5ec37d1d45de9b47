using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Prometheus;

namespace PluginHost.AspNetCore.Api;

/// <summary>Shows the meters of a plugin host to Prometheus, under the names that OpenTelemetry's own exporters would give them.</summary>
/// <remarks>
/// prometheus-net's own adapter names them otherwise, without units, and forgets what has not changed for some minutes: a
/// script that runs once a day would never be counted. And OpenTelemetry's exporter for ASP.NET Core is a prerelease,
/// which a stable package cannot depend on.
/// </remarks>
internal sealed class PrometheusMeters : IDisposable
{
    private readonly ConcurrentDictionary<Instrument, Action<double, ReadOnlySpan<KeyValuePair<string, object?>>>> _targets = new();
    private readonly MeterListener _listener = new();
    private readonly IMetricFactory _factory;

    /// <param name="registry">Takes the metrics.</param>
    /// <param name="meters">The application's, so that another application in this process is not counted here.</param>
    public PrometheusMeters(CollectorRegistry registry, IMeterFactory meters)
    {
        _factory = Metrics.WithCustomRegistry(registry);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == PluginHostTelemetry.MeterName && instrument.Meter.Scope == meters)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.Start();
        registry.AddBeforeCollectCallback(_listener.RecordObservableInstruments);
    }

    public void Dispose() => _listener.Dispose();

    private void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (!_targets.TryGetValue(instrument, out var target))
        {
            target = _targets.GetOrAdd(instrument, Create(instrument, PrometheusName.Labels(tags)));
        }

        target(value, tags);
    }

    // An instrument of ours always has the same tags, in the same order.
    private Action<double, ReadOnlySpan<KeyValuePair<string, object?>>> Create(Instrument instrument, string[] labels)
    {
        var (name, help) = (PrometheusName.Of(instrument), instrument.Description ?? "");
        switch (instrument)
        {
            case Histogram<double> histogram:
                var buckets = histogram.Advice?.HistogramBucketBoundaries is { } bounds ? [.. bounds] : Histogram.PowersOfTenDividedBuckets(-2, 3, 3);
                var durations = _factory.CreateHistogram(name, help, labels, new HistogramConfiguration { Buckets = buckets });
                return (value, tags) => durations.WithLabels(PrometheusName.Values(tags)).Observe(value);
            case Counter<long>:
                var counter = _factory.CreateCounter(name, help, labels);
                return (value, tags) => counter.WithLabels(PrometheusName.Values(tags)).Inc(value);
            case UpDownCounter<long>:
                var sum = _factory.CreateGauge(name, help, labels);
                return (value, tags) => sum.WithLabels(PrometheusName.Values(tags)).Inc(value);
            default:
                var gauge = _factory.CreateGauge(name, help, labels);
                return (value, tags) => gauge.WithLabels(PrometheusName.Values(tags)).Set(value);
        }
    }
}
