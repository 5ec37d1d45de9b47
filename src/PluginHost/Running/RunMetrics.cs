using System.Diagnostics.Metrics;

namespace PluginHost.Running;

/// <summary>What is measured of runs, by the meter <c>PluginHost</c>.</summary>
internal sealed class RunMetrics
{
    private readonly UpDownCounter<long> _active;
    private readonly Histogram<double> _duration;

    public RunMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("PluginHost");
        _active = meter.CreateUpDownCounter<long>("pluginhost.run.active", "{run}", "Runs under way.");
        _duration = meter.CreateHistogram<double>("pluginhost.run.duration", "s", "How long runs took.");
    }

    public void Started(RunInfo run) => _active.Add(1, new KeyValuePair<string, object?>("script", run.Script));

    public void Ended(RunInfo run)
    {
        if (run.StartedAt is not { } startedAt)
        {
            return;
        }

        _active.Add(-1, new KeyValuePair<string, object?>("script", run.Script));
        _duration.Record(
            (run.FinishedAt!.Value - startedAt).TotalSeconds,
            new("script", run.Script), new("trigger", run.Trigger.ToString()), new("result", run.State.ToString()));
    }
}
