using System.Collections.Concurrent;
using System.Diagnostics;

namespace PluginHost.Tests.Telemetry;

/// <summary>Collects the spans of some sources, as OpenTelemetry would, until the test ends.</summary>
internal sealed class Spans : IDisposable
{
    private readonly ActivityListener _listener;
    private readonly ConcurrentQueue<Activity> _ended = new();
    private int _begun;

    public Spans(params string[] sources)
        : this(name => sources.Contains(name))
    {
    }

    /// <param name="isHeard">Of which sources, by name.</param>
    public Spans(Func<string, bool> isHeard)
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => isHeard(source.Name),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStarted = _ => Interlocked.Increment(ref _begun),
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>How many have begun.</summary>
    public int Begun => Volatile.Read(ref _begun);

    public IReadOnlyList<Activity> All => [.. _ended];

    /// <summary>The span of a run that has ended.</summary>
    public Activity Of(RunInfo run) => All.Single(span => (string?)span.GetTagItem("pluginhost.run.id") == run.Id);

    public void Dispose() => _listener.Dispose();
}
