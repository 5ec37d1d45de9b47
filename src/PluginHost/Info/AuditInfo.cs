namespace PluginHost;

/// <summary>Who did what, or tried to.</summary>
public sealed record AuditInfo
{
    /// <summary>Its number; later ones are larger.</summary>
    public required string Id { get; init; }

    /// <summary>When it was asked for.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Who asked; null when nobody was signed in.</summary>
    public required string? Who { get; init; }

    /// <summary>Where from: a network address, or how else.</summary>
    public required string? From { get; init; }

    /// <summary>What was asked for.</summary>
    public required AuditAction Action { get; init; }

    /// <summary>To what it was to be done: the id of a script, a run, a plugin, a source; the name of a key.</summary>
    public required string? Target { get; init; }

    /// <summary>What became of it.</summary>
    public required AuditOutcome Outcome { get; init; }

    /// <summary>Why it was not done; null when it was.</summary>
    public required string? Reason { get; init; }
}

/// <summary>A change that is asked for.</summary>
/// <param name="Action">What.</param>
/// <param name="Who">Who asks; null when nobody is signed in.</param>
/// <param name="From">Where from: a network address, or how else.</param>
/// <param name="Target">To what it is to be done.</param>
public sealed record AuditRequest(AuditAction Action, string? Who, string? From, string? Target);

/// <summary>What can be asked for that changes something.</summary>
public enum AuditAction
{
    /// <summary>To start a run.</summary>
    RunStart,

    /// <summary>To cancel a run.</summary>
    RunCancel,

    /// <summary>To run again with the parameters of an earlier run.</summary>
    RunRerun,

    /// <summary>To pause a script's schedules.</summary>
    ScriptPause,

    /// <summary>To resume them.</summary>
    ScriptResume,

    /// <summary>To let a script out of quarantine.</summary>
    ScriptAllow,

    /// <summary>To let the host start scripts by itself again.</summary>
    SafeModeLeave,

    /// <summary>To look at a source and deploy its tip.</summary>
    SourceSync,

    /// <summary>To make an earlier version of a plugin live.</summary>
    PluginRollback,

    /// <summary>To let a plugin follow its branch again.</summary>
    PluginUnpin,

    /// <summary>To keep a node from new runs.</summary>
    NodeDrain,

    /// <summary>To let it have them again.</summary>
    NodeUndrain,

    /// <summary>To find what holds an unloaded version in memory, for which the host stands still.</summary>
    LeakExplain,

    /// <summary>To override or add a schedule.</summary>
    ScheduleSet,

    /// <summary>To take that back.</summary>
    ScheduleReset,

    /// <summary>To remove a value that a script keeps.</summary>
    StateRemove,

    /// <summary>To sign in.</summary>
    SignIn,

    /// <summary>To sign out.</summary>
    SignOut,

    /// <summary>To add an access key.</summary>
    KeyAdd,

    /// <summary>To remove an access key.</summary>
    KeyRemove,
}

/// <summary>What became of something that was asked for.</summary>
public enum AuditOutcome
{
    /// <summary>It was about to be done. When it stays so, the host ended meanwhile, or nobody waited for the answer.</summary>
    Asked,

    /// <summary>It was done.</summary>
    Done,

    /// <summary>It was not done, because it may not or cannot be.</summary>
    Refused,

    /// <summary>The host failed.</summary>
    Failed,
}

/// <summary>Which entries to list.</summary>
public sealed record AuditQuery
{
    /// <summary>Only what this one asked for.</summary>
    public string? Who { get; init; }

    /// <summary>Only this.</summary>
    public AuditAction? Action { get; init; }

    /// <summary>How many at most.</summary>
    /// <value>1 to 500. The default is 50.</value>
    public int Limit { get; init; } = 50;

    /// <summary>The cursor that the page before ended with.</summary>
    public string? After { get; init; }
}
