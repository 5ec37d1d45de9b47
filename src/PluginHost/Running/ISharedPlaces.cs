namespace PluginHost.Running;

/// <summary>Places for runs that several nodes share: bounds on how many runs of a group are under way on all of them together.</summary>
internal interface ISharedPlaces
{
    /// <summary>How many runs of a group may be under way on all nodes together; null where the nodes have no bound in common.</summary>
    int? Most(string group);

    /// <summary>Whether a run needs such a place before it may have its turn on its node.</summary>
    bool Needs(RunInfo run);

    /// <summary>Waits until a run has its place. It gives it back when its end is stored.</summary>
    /// <param name="run">The run, which is stored.</param>
    /// <param name="cancellationToken">It waits no more.</param>
    Task TakeAsync(RunInfo run, CancellationToken cancellationToken);

    /// <summary>The run is this node's no more.</summary>
    void Forget(string runId);
}

/// <summary>The host is alone: its own bounds are enough.</summary>
internal sealed class NoSharedPlaces : ISharedPlaces
{
    public static readonly NoSharedPlaces Instance = new();

    public int? Most(string group) => null;

    public bool Needs(RunInfo run) => false;

    public Task TakeAsync(RunInfo run, CancellationToken cancellationToken) => Task.CompletedTask;

    public void Forget(string runId)
    {
    }
}
