namespace PluginHost.Hosting;

/// <summary>Whether the first load has ended.</summary>
internal sealed class HostReadiness
{
    private volatile bool _loaded;

    public bool IsReady => _loaded;

    public void Loaded() => _loaded = true;
}
