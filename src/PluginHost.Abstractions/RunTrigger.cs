namespace PluginHost;

/// <summary>What started a run.</summary>
public enum RunTrigger
{
    /// <summary>A person or a program: the button, the API or the command line.</summary>
    Manual,

    /// <summary>A schedule, at its time.</summary>
    Schedule,

    /// <summary>A schedule whose time had passed while the host was down or the script paused.</summary>
    CatchUp,

    /// <summary>A run that failed before and is tried again.</summary>
    Retry,

    /// <summary>A run of another script that ended; see <see cref="RunAfterAttribute"/>.</summary>
    Chain,
}
