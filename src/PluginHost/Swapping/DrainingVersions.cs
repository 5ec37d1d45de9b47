using System.Collections.Immutable;
using PluginHost.Loading;

namespace PluginHost.Swapping;

/// <summary>Versions that were replaced and still hold runs.</summary>
internal sealed class DrainingVersions(UnloadWatch unloading, TimeProvider time)
{
    private readonly Lock _lock = new();
    private ImmutableList<(PluginVersion Version, DateTimeOffset Since)> _versions = [];

    /// <summary>Told the plugin's id when the last run on a replaced version has ended. Not on the script's stack.</summary>
    public event Action<string>? Drained;

    public IReadOnlyList<DrainingVersion> Of(string pluginId) =>
        [.. Matching(pluginId).Select(entry => new DrainingVersion(entry.Version.Id, entry.Version.ActiveRuns, entry.Since))];

    public PluginVersion? Find(string pluginId, string versionId) =>
        Matching(pluginId).Select(entry => entry.Version).FirstOrDefault(version => version.Id == versionId);

    /// <summary>The version that has been draining longest, or null.</summary>
    public PluginVersion? Oldest(string pluginId) => Matching(pluginId).OrderBy(entry => entry.Since).Select(entry => entry.Version).FirstOrDefault();

    public PluginVersion Track(LoadedPlugin loaded) => new(loaded, Unload);

    public void Retire(PluginVersion version)
    {
        lock (_lock)
        {
            _versions = _versions.Add((version, time.GetUtcNow()));
        }

        version.Retire();
    }

    private IEnumerable<(PluginVersion Version, DateTimeOffset Since)> Matching(string pluginId) =>
        _versions.Where(entry => entry.Version.PluginId.Equals(pluginId, StringComparison.OrdinalIgnoreCase));

    private void Unload(PluginVersion version, LoadedPlugin loaded)
    {
        lock (_lock)
        {
            _versions = _versions.RemoveAll(entry => entry.Version == version);
        }

        unloading.Unload(loaded.Artifact, loaded.Loader);
        ThreadPool.UnsafeQueueUserWorkItem(plugin => Drained?.Invoke(plugin), version.PluginId, preferLocal: false);
    }
}
