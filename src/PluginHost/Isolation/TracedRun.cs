using System.Diagnostics;
using PluginHost.Running;
using PluginHost.Telemetry;

namespace PluginHost.Isolation;

/// <summary>In the worker: a run whose trace somebody records, and the spans that its script has ended.</summary>
/// <remarks>Each is sent by the thread that ends it, as lines of the log are, so that a script that makes too many is slowed down itself.</remarks>
internal sealed class TracedRun
{
    /// <summary>Spans of one run. They are counted as they begin, so that those around what is left out are there.</summary>
    public const int MostSpans = 10_000;

    private readonly string _runId;
    private readonly Action<WorkerMessage> _send;
    private int _begun;
    private int _leftOut;
    private int _cut;
    private volatile bool _ended;

    /// <param name="facts">The run, which has the address of a span.</param>
    /// <param name="send">Sends to the host.</param>
    public TracedRun(RunFacts facts, Action<WorkerMessage> send)
    {
        (_runId, _send) = (facts.RunId, send);
        var context = ActivityContext.Parse(facts.TraceParent!, facts.TraceState);
        Span = new Activity("run") { TraceStateString = facts.TraceState }.SetParentId(context.TraceId, context.SpanId, context.TraceFlags).Start();
        ActivityIds.Set(Span, context.SpanId);
    }

    /// <summary>Stands for the run's span, which is in the host, and has its address.</summary>
    public Activity Span { get; }

    public bool IsUnderWay => !_ended;

    public bool HasRoom => Volatile.Read(ref _begun) < MostSpans;

    public void Begin() => Interlocked.Increment(ref _begun);

    public void LeaveOut() => Interlocked.Increment(ref _leftOut);

    /// <summary>Takes an activity that has ended; later than its run is too late.</summary>
    public void Take(Activity activity)
    {
        if (_ended)
        {
            return;
        }

        try
        {
            var span = SpanCopy.Of(activity, out var isCut);
            if (isCut)
            {
                Interlocked.Increment(ref _cut);
            }

            _send(new SpanEnded(_runId, span));
        }
        catch (Exception)
        {
            // What a plugin's own type says of itself may throw, which is no reason for the script to fail.
            LeaveOut();
        }
    }

    /// <summary>The script has ended: says what is not in its trace.</summary>
    public void End(IRunOutput output)
    {
        _ended = true;
        if (_leftOut > 0)
        {
            output.Write("WRN", $"{_leftOut} spans of this run are not in its trace. Of a run in a worker process, {MostSpans} are kept, of {SpanRecorder.MostSources} activity sources, and none with a tag that cannot be read.");
        }

        if (_cut > 0)
        {
            output.Write("WRN", $"{_cut} spans of this run are in its trace in part. Of a span in a worker process, {SpanCopy.MostItems} tags, events and links, {SpanCopy.MostText} characters of a text and {SpanCopy.MostTextInAll} of all are kept.");
        }
    }
}
