namespace PluginHost;

/// <summary>Runs the script when a run of another one has ended for good: when no retry follows. Several on one class name several scripts.</summary>
/// <remarks>
/// The run has the trigger <see cref="RunTrigger.Chain"/> and the script's own defaults as parameters. It starts when no
/// other run of its script is under way, and none is left out. A paused script is not started. A run that was lost with
/// the host starts nothing, for nobody knows how it ended.
/// </remarks>
/// <param name="script">The id of the other script, with its plugin: <c>Plugin.Script</c>.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class RunAfterAttribute(string script) : Attribute
{
    /// <summary>The id of the other script.</summary>
    public string Script { get; } = script;

    /// <summary>After which outcome.</summary>
    /// <value>The default is <see cref="RunAfterOutcome.Success"/>.</value>
    public RunAfterOutcome On { get; set; } = RunAfterOutcome.Success;
}

/// <summary>After which outcome of another script's run a script is run.</summary>
public enum RunAfterOutcome
{
    /// <summary>The run succeeded.</summary>
    Success,

    /// <summary>The run ended in whatever way: it succeeded, failed, timed out or was cancelled.</summary>
    Any,
}
