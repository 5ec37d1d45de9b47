using System.Collections.Concurrent;
using System.Diagnostics;

namespace PluginHost.Isolation;

/// <summary>In the worker: hands the host the activities of scripts whose trace somebody records.</summary>
/// <remarks>
/// Nothing listens until there is such a run. Which sources the host has listeners for, it is asked when a script first uses
/// one: an activity that nobody records must not stand between others that somebody does.
/// </remarks>
internal sealed class SpanRecorder
{
    /// <summary>Sources that a worker asks about.</summary>
    public const int MostSources = 100;

    private const int LongestName = 500;
    private const string RunOf = "PluginHost.Run";

    // An answer takes a fraction of a millisecond. A host that is too busy for one is not waited for by each span.
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);

    private readonly AsyncLocal<TracedRun?> _current = new();
    private readonly ConcurrentDictionary<SpanSource, Question> _asked = new();
    private readonly Action<WorkerMessage> _send;
    private readonly TimeProvider _time;
    private readonly Lazy<ActivityListener> _listener;

    /// <param name="send">Sends to the host.</param>
    /// <param name="time">The clock.</param>
    public SpanRecorder(Action<WorkerMessage> send, TimeProvider time) => (_send, _time, _listener) = (send, time, new Lazy<ActivityListener>(Listen));

    /// <summary>Begins to record what follows in the calling method; null where nobody wants that.</summary>
    public TracedRun? Begin(StartRun start)
    {
        if (!start.IsTraced)
        {
            return null;
        }

        _ = _listener.Value;
        return _current.Value = new TracedRun(start.Facts, _send);
    }

    public void Take(SourceAnswer answer)
    {
        if (_asked.TryGetValue(answer.Source, out var question))
        {
            question.Answer.TrySetResult(answer.IsHeard);
        }
    }

    private ActivityListener Listen()
    {
        var listener = new ActivityListener
        {
            // Activities without a source are those of nobody in particular; OpenTelemetry leaves them alone as well.
            ShouldListenTo = source => source.Name.Length > 0,
            Sample = Sample,
            ActivityStarted = Started,
            ActivityStopped = activity => (activity.GetCustomProperty(RunOf) as TracedRun)?.Take(activity),
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private ActivitySamplingResult Sample(ref ActivityCreationOptions<ActivityContext> asked)
    {
        if (_current.Value is not { IsUnderWay: true } run || !IsHeard(asked.Source, run))
        {
            return ActivitySamplingResult.None;
        }

        if (!run.HasRoom)
        {
            run.LeaveOut();
            return ActivitySamplingResult.None;
        }

        if (asked.Parent.TraceId == default || asked.Parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded))
        {
            return ActivitySamplingResult.AllDataAndRecorded;
        }

        // What the script takes up from elsewhere may be part of a trace that is not recorded, which is passed on.
        return asked.Parent.IsRemote ? ActivitySamplingResult.PropagationData : ActivitySamplingResult.None;
    }

    /// <summary>Another listener, of the script's own, may have wanted what this one did not.</summary>
    private void Started(Activity activity)
    {
        if (activity.Recorded && _current.Value is { IsUnderWay: true, HasRoom: true } run && IsHeard(activity.Source, run))
        {
            run.Begin();
            activity.SetCustomProperty(RunOf, run);
        }
    }

    private bool IsHeard(ActivitySource source, TracedRun run)
    {
        var key = new SpanSource(source.Name, source.Version);
        if (!_asked.TryGetValue(key, out var question))
        {
            if (_asked.Count >= MostSources || source.Name.Length > LongestName || source.Version?.Length > LongestName)
            {
                run.LeaveOut();
                return false;
            }

            var added = new Question(new TaskCompletionSource<bool>(), _time.GetTimestamp());
            question = _asked.GetOrAdd(key, added);
            if (question == added)
            {
                _send(new SourceAsked(key));
            }
        }

        var left = AnswerLimit - _time.GetElapsedTime(question.AskedAt);
        return question.Answer.Task.Wait(left > TimeSpan.Zero ? left : TimeSpan.Zero) && question.Answer.Task.Result;
    }

    private sealed record Question(TaskCompletionSource<bool> Answer, long AskedAt);
}
