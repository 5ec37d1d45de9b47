namespace PluginHost.Swapping;

/// <summary>The one mutable thing: which snapshot is live.</summary>
internal sealed class LiveRegistry
{
    private volatile LiveSnapshot _current = LiveSnapshot.Empty;

    /// <summary>Told after each swap what was live and what is, on the thread that swapped, in the order of the swaps.</summary>
    public event Action<LiveSnapshot, LiveSnapshot>? Swapped;

    public LiveSnapshot Current => _current;

    /// <summary>Leases the version that a run of the script uses if it starts now; answers null when there is no such script.</summary>
    public VersionLease? Lease(string scriptId)
    {
        // Between the look-up and the lease the version may have been swapped out; then there is a newer one.
        while (_current.Scripts.TryGetValue(scriptId, out var script))
        {
            if (script.Plugin.Version.TryLease() is { } lease)
            {
                return lease;
            }
        }

        return null;
    }

    /// <summary>Makes a snapshot live. Only the deployment coordinator calls this, one swap at a time.</summary>
    public void Swap(LiveSnapshot next)
    {
        var before = _current;
        _current = next;
        Swapped?.Invoke(before, next);
    }
}
