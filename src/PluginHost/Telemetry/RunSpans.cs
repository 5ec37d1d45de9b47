using System.Diagnostics;

namespace PluginHost.Telemetry;

/// <summary>The spans of runs, and the trace context that a run carries from its request, over its queue and the disk, to its script.</summary>
internal static class RunSpans
{
    private const string Name = "run";

    // As much as W3C asks to be passed on; a caller may send more, and it is stored with each run.
    private const int MostTraceState = 512;

    /// <summary>The run as part of the trace in which it is asked for now, if there is one.</summary>
    public static RunInfo AskedForHere(RunInfo run) => Activity.Current is { IdFormat: ActivityIdFormat.W3C } asking
        ? run with { TraceParent = asking.Id, TraceState = asking.TraceStateString is { Length: <= MostTraceState } state ? state : null }
        : run;

    /// <summary>Begins the span of a run that has begun; null when nobody listens.</summary>
    public static Activity? Start(RunInfo run)
    {
        // What is under way on this thread may be a request that has nothing to do with it.
        var current = Activity.Current;
        Activity.Current = null;
        try
        {
            return PluginHostTelemetry.Source.StartActivity(
                $"{Name} {run.Script}", ActivityKind.Internal, Context(run.TraceParent, run.TraceState),
                [
                    new(Names.Run, run.Id), new(Names.Script, run.Script), new(Names.Plugin, run.Plugin), new(Names.PluginVersion, run.Version), new(Names.Commit, run.Commit),
                    new(Names.RunTrigger, Names.Of(run.Trigger)), new(Names.RunAttempt, run.Attempt), new(Names.RunIsolation, Names.Of(run.Isolation)),
                    new(Names.RunScheduledFor, run.ScheduledFor?.ToString("o")),
                ],
                startTime: run.StartedAt!.Value);
        }
        finally
        {
            Activity.Current = current;
        }
    }

    public static void End(Activity? span, RunInfo run)
    {
        if (span is null)
        {
            return;
        }

        span.SetTag(Names.RunState, Names.Of(run.State));
        if (run.State is RunState.Failed or RunState.TimedOut or RunState.Lost)
        {
            span.SetStatus(ActivityStatusCode.Error, run.Error?.Message);
            span.SetTag(Names.ErrorType, run.Error?.Type ?? Names.Of(run.State));
        }

        if (run.Error is { } error)
        {
            // Of text, for an exception itself would keep the plugin in memory.
            span.AddEvent(new ActivityEvent("exception", run.FinishedAt!.Value, new ActivityTagsCollection
            {
                ["exception.type"] = error.Type, ["exception.message"] = error.Message, ["exception.stacktrace"] = error.StackTrace,
            }));
        }

        span.SetEndTime(run.FinishedAt!.Value.UtcDateTime);
        Stop(span);
    }

    private static void Stop(Activity span)
    {
        var current = Activity.Current;
        span.Stop();
        Activity.Current = current == span ? null : current;
    }

    /// <summary>Ends the span of a run that was not stored, and so never was: nobody is told of it.</summary>
    public static void Drop(Activity? span)
    {
        if (span is null)
        {
            return;
        }

        span.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        Stop(span);
    }

    /// <summary>
    /// Lets what follows in this method belong to a run: what its script starts, calls and logs. Where the run has no span
    /// of its own, because nobody listens, calls to other services still carry the trace in which it was asked for.
    /// </summary>
    public static void Enter(Activity? span, string? traceParent, string? traceState)
    {
        Activity.Current = span;
        if (span is null && Context(traceParent, traceState) is { TraceId: var trace } context && trace != default)
        {
            new Activity(Name) { TraceStateString = traceState }.SetParentId(trace, context.SpanId, context.TraceFlags).Start();
        }
    }

    private static ActivityContext Context(string? traceParent, string? traceState) =>
        traceParent is not null && ActivityContext.TryParse(traceParent, traceState, isRemote: true, out var context) ? context : default;
}
