namespace PluginHost.Swapping;

/// <summary>The one mutable thing: which snapshot is live.</summary>
internal sealed class LiveRegistry
{
    private volatile LiveSnapshot _current = LiveSnapshot.Empty;

    /// <summary>Told after each swap, on the thread that swapped, in the order of the swaps.</summary>
    public event Action<LiveSnapshot>? Swapped;

    public LiveSnapshot Current => _current;

    /// <summary>Makes a snapshot live. Only the deployment coordinator calls this, one swap at a time.</summary>
    public void Swap(LiveSnapshot next)
    {
        _current = next;
        Swapped?.Invoke(next);
    }
}
