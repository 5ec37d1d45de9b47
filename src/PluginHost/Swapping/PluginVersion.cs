using PluginHost.Artifacts;
using PluginHost.Loading;
using PluginHost.Scripts;

namespace PluginHost.Swapping;

/// <summary>A version of a plugin, from its first lease to its unloading.</summary>
/// <remarks>
/// The version is unloaded when it is retired and no run holds a lease; from then on it keeps only strings, so that
/// holding one keeps no plugin in memory.
/// </remarks>
internal sealed class PluginVersion
{
    private readonly Lock _lock = new();
    private readonly Func<Task<LoadedPlugin>>? _load;
    private readonly Action<PluginVersion, Task<LoadedPlugin>?> _unload;
    private Task<LoadedPlugin>? _loaded;
    private Action? _whenIdle;
    private int _leases;
    private int _givenUpOn;
    private bool _retired;
    private bool _unloaded;

    /// <summary>A version that is loaded.</summary>
    public PluginVersion(LoadedPlugin loaded, Action<PluginVersion, Task<LoadedPlugin>?> unload)
        : this(loaded.Artifact, [.. loaded.Scripts.Select(script => script.Descriptor)], load: null, unload) => _loaded = Task.FromResult(loaded);

    /// <summary>A version whose scripts are known, and which is loaded when the first of them runs.</summary>
    public PluginVersion(PluginArtifact artifact, IReadOnlyList<ScriptDescriptor> scripts, Func<Task<LoadedPlugin>>? load, Action<PluginVersion, Task<LoadedPlugin>?> unload)
    {
        (Artifact, Scripts, _load, _unload) = (artifact, scripts, load, unload);
    }

    public PluginArtifact Artifact { get; }

    public string PluginId => Artifact.PluginId;

    /// <summary><c>short commit-short content key</c>.</summary>
    public string Id => Artifact.Version;

    public string Commit => Artifact.Commit;

    public IReadOnlyList<ScriptDescriptor> Scripts { get; }

    public ScriptDescriptor? FindScript(string scriptId) =>
        Scripts.FirstOrDefault(script => script.Id.Equals(scriptId, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether its code is in memory.</summary>
    public bool IsLoaded
    {
        get
        {
            lock (_lock)
            {
                return _loaded is { IsCompletedSuccessfully: true };
            }
        }
    }

    /// <summary>The runs that are under way on it. Those that were given up on keep it in memory, and are not counted.</summary>
    public int ActiveRuns
    {
        get
        {
            lock (_lock)
            {
                return _leases - _givenUpOn;
            }
        }
    }

    /// <summary>The runs that were given up on and are still at work.</summary>
    public int RunsGivenUpOn
    {
        get
        {
            lock (_lock)
            {
                return _givenUpOn;
            }
        }
    }

    /// <summary>Tells once when no run is under way on it; at once when none is.</summary>
    public void WhenIdle(Action told)
    {
        lock (_lock)
        {
            if (_leases > _givenUpOn)
            {
                _whenIdle += told;
                return;
            }
        }

        told();
    }

    /// <summary>Takes a lease, or answers null when the version has been unloaded.</summary>
    public VersionLease? TryLease()
    {
        lock (_lock)
        {
            if (_unloaded)
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

    /// <summary>The code. Only for who holds a lease.</summary>
    /// <exception cref="ConflictException">It cannot be loaded any more.</exception>
    internal Task<LoadedPlugin> GetLoadedAsync()
    {
        lock (_lock)
        {
            // One that failed is tried again: a file may have been locked, a share away.
            return _loaded is null or { IsFaulted: true } or { IsCanceled: true }
                ? _loaded = Task.Run(_load ?? throw new ObjectDisposedException($"{PluginId} {Id}"))
                : _loaded;
        }
    }

    internal void GiveUpOnRun()
    {
        lock (_lock)
        {
            _givenUpOn++;
        }

        TellWhenIdle();
    }

    internal void Release(bool wasGivenUpOn)
    {
        lock (_lock)
        {
            _leases--;
            _givenUpOn -= wasGivenUpOn ? 1 : 0;
        }

        TellWhenIdle();
        UnloadWhenIdle();
    }

    private void TellWhenIdle()
    {
        Action? told;
        lock (_lock)
        {
            if (_leases > _givenUpOn)
            {
                return;
            }

            told = _whenIdle;
            _whenIdle = null;
        }

        told?.Invoke();
    }

    private void UnloadWhenIdle()
    {
        Task<LoadedPlugin>? loaded;
        lock (_lock)
        {
            if (!_retired || _leases > 0 || _unloaded)
            {
                return;
            }

            _unloaded = true;
            loaded = _loaded;
            _loaded = null;
        }

        _unload(this, loaded);
    }
}
