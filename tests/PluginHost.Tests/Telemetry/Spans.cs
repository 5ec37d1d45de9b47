using System.Collections.Concurrent;
using System.Diagnostics;
using PluginHost.Tests.Running;

namespace PluginHost.Tests.Telemetry;

/// <summary>Collects the spans of some sources, as OpenTelemetry would, until the test ends.</summary>
internal sealed class Spans : IDisposable
{
    private readonly ActivityListener _listener;
    private readonly ConcurrentQueue<Activity> _ended = new();
    private TaskCompletionSource _change = new(TaskCreationOptions.RunContinuationsAsynchronously);
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
            ActivityStopped = Add,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>How many have begun.</summary>
    public int Begun => Volatile.Read(ref _begun);

    public IReadOnlyList<Activity> All => [.. _ended];

    /// <summary>The span of a run that has ended.</summary>
    public Activity Of(RunInfo run) => All.Single(span => (string?)span.GetTagItem("pluginhost.run.id") == run.Id);

    /// <summary>Waits until a span has ended; null for none. That happens after its run is told to have ended.</summary>
    /// <param name="id">As a <c>traceparent</c>.</param>
    public async Task UntilEndedAsync(string? id)
    {
        while (true)
        {
            // Before it is looked at, so that no change comes in between.
            var change = Volatile.Read(ref _change).Task;
            if (id is null || All.Any(span => span.Id == id))
            {
                return;
            }

            await change.WaitAsync(RunningHost.HangLimit);
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Add(Activity span)
    {
        _ended.Enqueue(span);
        Interlocked.Exchange(ref _change, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }
}
