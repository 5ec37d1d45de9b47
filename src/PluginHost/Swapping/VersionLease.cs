using PluginHost.Scripts;

namespace PluginHost.Swapping;

/// <summary>Holds a version in memory while a run uses it. Dispose it when the script's task has really ended.</summary>
internal sealed class VersionLease(PluginVersion version) : IDisposable
{
    private PluginVersion? _version = version;

    public PluginVersion Version => _version ?? throw new ObjectDisposedException(nameof(VersionLease));

    public ScriptClass? FindScript(string scriptId) => Version.Loaded.FindScript(scriptId);

    public void Dispose() => Interlocked.Exchange(ref _version, null)?.Release();
}
