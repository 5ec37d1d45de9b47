using PluginHost.Loading;
using PluginHost.Scripts;

namespace PluginHost.Swapping;

/// <summary>A loaded version of a plugin, from its first lease to its unloading.</summary>
/// <remarks>
/// The version is unloaded when it is retired and no run holds a lease; from then on it keeps only strings, so that
/// holding one keeps no plugin in memory.
/// </remarks>
internal sealed class PluginVersion
{
    private readonly Lock _lock = new();
    private readonly Action<PluginVersion, LoadedPlugin> _unload;
    private LoadedPlugin? _loaded;
    private int _leases;
    private bool _retired;

    public PluginVersion(LoadedPlugin loaded, Action<PluginVersion, LoadedPlugin> unload)
    {
        _loaded = loaded;
        _unload = unload;
        Artifact = loaded.Artifact;
        Scripts = [.. loaded.Scripts.Select(script => script.Descriptor)];
    }

    public Artifacts.PluginArtifact Artifact { get; }

    public string PluginId => Artifact.PluginId;

    /// <summary><c>short commit-short content key</c>.</summary>
    public string Id => Artifact.Version;

    public string Commit => Artifact.Commit;

    public IReadOnlyList<ScriptDescriptor> Scripts { get; }

    public int ActiveRuns
    {
        get
        {
            lock (_lock)
            {
                return _leases;
            }
        }
    }

    internal LoadedPlugin Loaded => _loaded ?? throw new ObjectDisposedException($"{PluginId} {Id}");

    /// <summary>Takes a lease, or answers null when the version has been unloaded.</summary>
    public VersionLease? TryLease()
    {
        lock (_lock)
        {
            if (_loaded is null)
            {
                return null;
            }

            _leases++;
            return new VersionLease(this);
        }
    }

    /// <summary>No new run will use it: unloads it now, or when the last lease is given back.</summary>
    public void Retire()
    {
        lock (_lock)
        {
            _retired = true;
        }

        UnloadWhenIdle();
    }

    internal void Release()
    {
        lock (_lock)
        {
            _leases--;
        }

        UnloadWhenIdle();
    }

    private void UnloadWhenIdle()
    {
        LoadedPlugin? loaded;
        lock (_lock)
        {
            if (!_retired || _leases > 0 || _loaded is null)
            {
                return;
            }

            loaded = _loaded;
            _loaded = null;
        }

        _unload(this, loaded);
    }
}
