using PluginHost.Scripts;

namespace PluginHost.Swapping;

/// <summary>Holds a version in memory while a run uses it. Dispose it when the script's task has really ended.</summary>
internal sealed class VersionLease(PluginVersion version) : IDisposable
{
    private PluginVersion? _version = version;
    private bool _givenUpOn;

    public PluginVersion Version => _version ?? throw new ObjectDisposedException(nameof(VersionLease));

    /// <summary>The class of a script, or null when the version has no such script. Loads the version if no run has used it yet.</summary>
    /// <exception cref="ConflictException">It cannot be loaded any more.</exception>
    public async Task<ScriptClass?> FindScriptAsync(string scriptId) => (await Version.GetLoadedAsync()).FindScript(scriptId);

    /// <summary>The services of the version, of which each run has a scope. Loads the version if no run has used it yet.</summary>
    /// <exception cref="ConflictException">It cannot be loaded any more.</exception>
    public async Task<VersionServices> GetServicesAsync() => (await Version.GetLoadedAsync()).Services;

    /// <summary>The run has ended for everybody but its script, which does not stop: it keeps the version in memory, and no longer in its place.</summary>
    public void GiveUp()
    {
        _givenUpOn = true;
        Version.GiveUpOnRun();
    }

    public void Dispose() => Interlocked.Exchange(ref _version, null)?.Release(_givenUpOn);
}
