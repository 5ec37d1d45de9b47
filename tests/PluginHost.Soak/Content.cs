namespace PluginHost.Soak;

/// <summary>What a plugin holds in a commit.</summary>
/// <param name="Kind">Whether it can go live, and how it behaves.</param>
/// <param name="Number">Told from all others by this: a run's result is the number of the content that it ran on.</param>
internal sealed record Content(ContentKind Kind, int Number)
{
    public bool CanGoLive => Kind is ContentKind.Good or ContentKind.Leaking;
}

internal enum ContentKind
{
    Good,

    /// <summary>It runs, and can never be unloaded.</summary>
    Leaking,

    DoesNotCompile,
    ThrowsWhenLoaded,
    HasAWrongSchedule,
}
