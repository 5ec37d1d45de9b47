using System.Collections.Immutable;
using PluginHost.Artifacts;
using PluginHost.Loading;
using PluginHost.Scripts;

namespace PluginHost.Swapping;

/// <summary>Versions that were replaced and still hold runs.</summary>
internal sealed class DrainingVersions(UnloadWatch unloading, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly HashSet<PluginVersion> _inTheWay = [];
    private ImmutableList<(PluginVersion Version, DateTimeOffset Since)> _versions = [];

    /// <summary>Told the plugin's id when the version that was in the way of a newer one is gone. Not on the script's stack.</summary>
    public event Action<string>? MadeWay;

    public IReadOnlyList<DrainingVersion> Of(string pluginId) =>
        [.. Matching(pluginId).Select(entry => new DrainingVersion(entry.Version.Id, entry.Version.ActiveRuns, entry.Since))];

    public PluginVersion? Find(string pluginId, string versionId) =>
        Matching(pluginId).Select(entry => entry.Version).FirstOrDefault(version => version.Id == versionId);

    /// <summary>The version that still holds runs and so keeps a third one from its place, or null. When it is gone, <see cref="MadeWay"/> tells.</summary>
    public PluginVersion? FindInTheWay(string pluginId)
    {
        lock (_lock)
        {
            var oldest = Matching(pluginId).Where(entry => entry.Version.ActiveRuns > 0).OrderBy(entry => entry.Since).Select(entry => entry.Version).FirstOrDefault();
            if (oldest is not null)
            {
                _inTheWay.Add(oldest);
            }

            return oldest;
        }
    }

    public PluginVersion Track(LoadedPlugin loaded) => new(loaded, Unload);

    /// <summary>A version that is loaded when it is first used.</summary>
    public PluginVersion Track(PluginArtifact artifact, IReadOnlyList<ScriptDescriptor> scripts, Func<Task<LoadedPlugin>> load) =>
        new(artifact, scripts, load, Unload);

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

    private void Unload(PluginVersion version, Task<LoadedPlugin>? loaded)
    {
        bool madeWay;
        lock (_lock)
        {
            _versions = _versions.RemoveAll(entry => entry.Version == version);
            madeWay = _inTheWay.Remove(version);
        }

        // A load that nobody waits for any more may still be going on.
        _ = loaded?.ContinueWith(
            done => unloading.Unload(done.Result.Artifact, done.Result.Loader),
            CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
        if (madeWay)
        {
            ThreadPool.UnsafeQueueUserWorkItem(plugin => MadeWay?.Invoke(plugin), version.PluginId, preferLocal: false);
        }
    }
}
