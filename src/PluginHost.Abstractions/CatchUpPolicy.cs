namespace PluginHost;

/// <summary>What happens to a schedule's times that passed while the host was down or the script paused.</summary>
public enum CatchUpPolicy
{
    /// <summary>Nothing: the next regular time is waited for.</summary>
    None,

    /// <summary>One run, for the most recent missed time.</summary>
    Latest,

    /// <summary>One run for each missed time, oldest first.</summary>
    All,
}
