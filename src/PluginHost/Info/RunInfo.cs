using System.Text.Json.Nodes;

namespace PluginHost;

/// <summary>One run of a script, from request to outcome.</summary>
public sealed record RunInfo
{
    /// <summary>Unique in the host; later runs sort after earlier ones.</summary>
    public required string Id { get; init; }

    /// <summary>The id of the script.</summary>
    public required string Script { get; init; }

    /// <summary>The id of the plugin.</summary>
    public required string Plugin { get; init; }

    /// <summary>The version it runs on; while it is queued, the one that it is to run on, or null for the one that is live when it starts.</summary>
    public string? Version { get; init; }

    /// <summary>The commit of the version it runs on; null while it is queued.</summary>
    public string? Commit { get; init; }

    /// <summary>What started it.</summary>
    public required RunTrigger Trigger { get; init; }

    /// <summary>The time its schedule meant, or null.</summary>
    public DateTimeOffset? ScheduledFor { get; init; }

    /// <summary>When it was asked for.</summary>
    public required DateTimeOffset QueuedAt { get; init; }

    /// <summary>The time before which it does not start, or null: a retry, or a run that was asked for at a later time.</summary>
    public DateTimeOffset? StartAt { get; init; }

    /// <summary>When the script began, or null.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended, or null.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>From start to end in milliseconds, by the clock, and 0 when that was set back further meanwhile; null before the end.</summary>
    public long? DurationMs => (FinishedAt - StartedAt) is { } took ? Math.Max(0, (long)took.TotalMilliseconds) : null;

    /// <summary>How far it is, or how it ended.</summary>
    public required RunState State { get; init; }

    /// <summary>1 for the first try.</summary>
    public required int Attempt { get; init; }

    /// <summary>The run that was tried first, of a retry; null when this is the first try.</summary>
    public string? FirstRun { get; init; }

    /// <summary>The run whose parameters this one repeats, because somebody asked to run it again; else null.</summary>
    public string? RerunOf { get; init; }

    /// <summary>The run of another script that it follows, of one that a chain started; else null.</summary>
    public string? CausedBy { get; init; }

    /// <summary>Whether it starts only when no other run of its script is under way.</summary>
    public bool Exclusive { get; init; }

    /// <summary>Whether it is tried again, once, when the host dies while it is under way.</summary>
    public bool RerunWhenLost { get; init; }

    /// <summary>Where its script runs: in the host's process, or in a worker process. Known once it runs.</summary>
    public ScriptIsolation Isolation { get; init; }

    /// <summary>The parameters it was given.</summary>
    public JsonObject? Parameters { get; init; }

    /// <summary>What the script set as its result, or null.</summary>
    public JsonNode? Result { get; init; }

    /// <summary>Why it failed, or null.</summary>
    public RunError? Error { get; init; }

    /// <summary>How far it says it has come, or null.</summary>
    public RunProgress? Progress { get; init; }

    /// <summary>Who asked for it: a user's name, or null when nobody is signed in or a schedule did.</summary>
    public string? RequestedBy { get; init; }

    /// <summary>The node it runs on; empty while it waits for one that has its label.</summary>
    public required string Node { get; init; }

    /// <summary>The label that a node must have to run it; null for any node.</summary>
    public string? NodeLabel { get; init; }

    /// <summary>
    /// Of a run of a script that runs on every node: what it has in common with those that began for the same due time or
    /// request, and their retries. It is the id of the first of them. Else null.
    /// </summary>
    public string? FanOut { get; init; }

    /// <summary>
    /// Its place in a trace, as a W3C <c>traceparent</c>: until it begins, of the request that asked for it or the run that
    /// it follows; from then on its own span, where the application collects traces. Null where there is no trace.
    /// </summary>
    public string? TraceParent { get; init; }

    /// <summary>What tracing systems add to that, as a W3C <c>tracestate</c>; or null.</summary>
    public string? TraceState { get; init; }

    /// <summary>Whether it has ended.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsFinished => State is not (RunState.Queued or RunState.Running);
}

/// <summary>How a run ended, in short.</summary>
/// <param name="Id">The run.</param>
/// <param name="State">How it ended.</param>
/// <param name="QueuedAt">When it was asked for.</param>
/// <param name="DurationMs">From start to end in milliseconds; null when it never began.</param>
public sealed record RecentRun(string Id, RunState State, DateTimeOffset QueuedAt, long? DurationMs)
{
    internal static RecentRun Of(RunInfo run) => new(run.Id, run.State, run.QueuedAt, run.DurationMs);
}

/// <summary>How far a run is, or how it ended.</summary>
public enum RunState
{
    /// <summary>It waits for its start.</summary>
    Queued,

    /// <summary>The script is at work.</summary>
    Running,

    /// <summary>The script ended without an exception.</summary>
    Succeeded,

    /// <summary>The script threw, or could not be started.</summary>
    Failed,

    /// <summary>Somebody, or the end of the host, cancelled it.</summary>
    Cancelled,

    /// <summary>It took longer than its time limit.</summary>
    TimedOut,

    /// <summary>The host died while it was under way.</summary>
    Lost,
}

/// <summary>Why a run failed.</summary>
/// <param name="Type">The exception's type.</param>
/// <param name="Message">Its message.</param>
/// <param name="StackTrace">Where it was thrown, with inner exceptions.</param>
public sealed record RunError(string Type, string Message, string? StackTrace);

/// <summary>How far a run says it has come.</summary>
/// <param name="Fraction">From 0 to 1.</param>
/// <param name="Message">What is being done.</param>
public sealed record RunProgress(double Fraction, string? Message);

/// <summary>One line of a run's log.</summary>
/// <param name="Number">1 for the first line.</param>
/// <param name="Text">Time, level and message: <c>2026-01-31T12:00:00.000Z INF message</c>.</param>
public sealed record RunLogLine(long Number, string Text);

/// <summary>What to run a script with.</summary>
public sealed record RunRequest
{
    /// <summary>A value for each parameter by name; what is left out keeps its default.</summary>
    public JsonObject? Parameters { get; init; }

    /// <summary>The version to run on. The default is null: the live one.</summary>
    public string? Version { get; init; }

    /// <summary>When to start.</summary>
    /// <value>At most 366 days from now; what has passed means at once, and so does null, the default.</value>
    public DateTimeOffset? StartAt { get; init; }

    /// <summary>Who asks.</summary>
    public string? RequestedBy { get; init; }

    /// <summary>A second request for the same script with the same key answers the first one's run. Kept for 24 hours.</summary>
    public string? IdempotencyKey { get; init; }
}

/// <summary>How to run again what has run before.</summary>
public sealed record RerunRequest
{
    /// <summary>Whether to run on the version that it ran on then.</summary>
    /// <value>The default is false: on the live one.</value>
    public bool SameVersion { get; init; }

    /// <summary>Who asks.</summary>
    public string? RequestedBy { get; init; }
}

/// <summary>Which runs to list, newest first.</summary>
public sealed record RunQuery
{
    /// <summary>Only runs of this script.</summary>
    public string? Script { get; init; }

    /// <summary>Only runs in this state.</summary>
    public RunState? State { get; init; }

    /// <summary>Only runs started so.</summary>
    public RunTrigger? Trigger { get; init; }

    /// <summary>Only runs that have this in common: see <see cref="RunInfo.FanOut"/>.</summary>
    public string? FanOut { get; init; }

    /// <summary>How many at most.</summary>
    /// <value>1 to 500. The default is 50.</value>
    public int Limit { get; init; } = 50;

    /// <summary>The cursor that the page before ended with.</summary>
    public string? After { get; init; }
}

/// <summary>A part of a list.</summary>
/// <param name="Items">The items, in order.</param>
/// <param name="Next">The cursor of the next page, or null at the end.</param>
/// <typeparam name="T">What is listed.</typeparam>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);
