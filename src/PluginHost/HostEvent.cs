namespace PluginHost;

/// <summary>Something changed: ask for it again.</summary>
/// <param name="Kind">What changed.</param>
/// <param name="Id">The id of what changed.</param>
public sealed record HostEvent(HostEventKind Kind, string Id);

/// <summary>What changed.</summary>
public enum HostEventKind
{
    /// <summary>A script was paused, resumed or replaced, or its next times changed.</summary>
    Script,

    /// <summary>A run was queued, started, told its progress or ended.</summary>
    Run,

    /// <summary>A plugin's state changed.</summary>
    Plugin,

    /// <summary>A deployment began, came further or ended.</summary>
    Deployment,

    /// <summary>A source was checked with another result than before.</summary>
    Source,

    /// <summary>Long work began, came further or ended.</summary>
    Activity,
}
