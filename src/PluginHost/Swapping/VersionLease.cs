using PluginHost.Scripts;

namespace PluginHost.Swapping;

/// <summary>Holds a version in memory while a run uses it. Dispose it when the script's task has really ended.</summary>
internal sealed class VersionLease(PluginVersion version) : IDisposable
{
    private PluginVersion? _version = version;

    public PluginVersion Version => _version ?? throw new ObjectDisposedException(nameof(VersionLease));

    /// <summary>The class of a script, or null when the version has no such script. Loads the version if no run has used it yet.</summary>
    /// <exception cref="ConflictException">It cannot be loaded any more.</exception>
    public async Task<ScriptClass?> FindScriptAsync(string scriptId) => (await Version.GetLoadedAsync()).FindScript(scriptId);

    public void Dispose() => Interlocked.Exchange(ref _version, null)?.Release();
}
