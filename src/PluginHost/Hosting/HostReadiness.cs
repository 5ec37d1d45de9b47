namespace PluginHost.Hosting;

/// <summary>Whether the first load has ended.</summary>
internal sealed class HostReadiness
{
    private readonly TaskCompletionSource _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsReady => _loaded.Task.IsCompleted;

    /// <summary>Ends when the first load does.</summary>
    public Task WhenLoaded => _loaded.Task;

    public void Loaded() => _loaded.TrySetResult();
}
