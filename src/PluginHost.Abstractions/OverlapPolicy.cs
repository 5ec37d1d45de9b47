namespace PluginHost;

/// <summary>What happens when a schedule's time comes while an earlier run of the script is still going.</summary>
/// <remarks>
/// Runs started by hand count as earlier runs too. A run that did not stop when it was asked to and was given up on
/// counts no more, or one script that hangs would end its schedule: the next run may be at work beside what is left of it.
/// </remarks>
public enum OverlapPolicy
{
    /// <summary>The new run is left out.</summary>
    Skip,

    /// <summary>The new run waits; when one is waiting already, it is left out.</summary>
    Queue,

    /// <summary>The new run waits, however many are waiting already.</summary>
    QueueAll,

    /// <summary>The earlier run is cancelled, and the new one starts when it has ended.</summary>
    CancelPrevious,

    /// <summary>The new run starts at once, beside the earlier one.</summary>
    Allow,
}
