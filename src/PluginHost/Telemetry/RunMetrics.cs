using System.Diagnostics.Metrics;

namespace PluginHost.Telemetry;

/// <summary>What is measured of runs.</summary>
internal sealed class RunMetrics
{
    private readonly UpDownCounter<long> _active;
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _wait;

    public RunMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(PluginHostTelemetry.MeterName);
        _active = meter.CreateUpDownCounter<long>("pluginhost.run.active", "{run}", "Runs under way.");
        _duration = meter.CreateHistogram("pluginhost.run.duration", "s", "How long runs took, from their start to their end.", advice: Names.Durations);
        _wait = meter.CreateHistogram("pluginhost.run.wait.duration", "s", "How long runs waited from when they were to start: when they were due, or asked for.", advice: Names.Durations);
    }

    public void Started(RunInfo run)
    {
        _active.Add(1, new KeyValuePair<string, object?>(Names.Script, run.Script));
        var wanted = run.Trigger == RunTrigger.Schedule ? run.ScheduledFor : null;
        _wait.Record(
            Math.Max(0, (run.StartedAt!.Value - (wanted ?? run.StartAt ?? run.QueuedAt)).TotalSeconds),
            new(Names.Script, run.Script), new(Names.RunTrigger, Names.Of(run.Trigger)));
    }

    public void Ended(RunInfo run)
    {
        if (run.StartedAt is not { } startedAt)
        {
            return;
        }

        _active.Add(-1, new KeyValuePair<string, object?>(Names.Script, run.Script));
        _duration.Record(
            (run.FinishedAt!.Value - startedAt).TotalSeconds,
            new(Names.Script, run.Script), new(Names.RunTrigger, Names.Of(run.Trigger)), new(Names.RunState, Names.Of(run.State)));
    }
}
