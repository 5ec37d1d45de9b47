namespace PluginHost.Alerts;

/// <summary>Something that somebody should know.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Subject">The script or the plugin it is about.</param>
/// <param name="Title">It in a sentence.</param>
/// <param name="Detail">What is known of it, over several lines; may be empty.</param>
/// <param name="Page">Where the pages show it, from the path at which they are mounted.</param>
/// <param name="At">When it happened.</param>
public sealed record Alert(AlertKind Kind, string Subject, string Title, string Detail, string Page, DateTimeOffset At)
{
    /// <summary>Where the pages show it, or null when nobody has said where they are.</summary>
    internal string? LinkUnder(string? publicUrl) => PageLink.Under(publicUrl, Page);
}

/// <summary>What an alert is about.</summary>
public enum AlertKind
{
    /// <summary>A run failed, ran out of time or was lost, and no retry follows.</summary>
    RunFailed,

    /// <summary>A run succeeded after runs that did not.</summary>
    RunRecovered,

    /// <summary>A time at which a schedule was due has passed, and nothing ran for it.</summary>
    OccurrenceMissed,

    /// <summary>The newest content of a plugin was rejected; what was live stays.</summary>
    CommitRejected,

    /// <summary>A plugin whose content was rejected is as its branch says again.</summary>
    CommitAccepted,

    /// <summary>The host died, and a script is suspected of it: nothing starts it until somebody allows it.</summary>
    ScriptQuarantined,
}
