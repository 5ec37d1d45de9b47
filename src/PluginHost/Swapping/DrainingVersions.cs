using System.Collections.Immutable;
using PluginHost.Artifacts;
using PluginHost.Loading;
using PluginHost.Scripts;

namespace PluginHost.Swapping;

/// <summary>Versions that were replaced and still hold runs.</summary>
internal sealed class DrainingVersions(UnloadWatch unloading, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly HashSet<string> _waiting = new(StringComparer.OrdinalIgnoreCase);
    private ImmutableList<(PluginVersion Version, DateTimeOffset Since)> _versions = [];

    /// <summary>Told the plugin's id when one of the versions that were in the way of a newer one holds no run any more. Not on the script's stack.</summary>
    public event Action<string>? MadeWay;

    /// <summary>Told of each version that no run uses any more and none will.</summary>
    public event Action<PluginVersion>? Left;

    public IReadOnlyList<DrainingVersion> Of(string pluginId) =>
        [.. Matching(pluginId).Where(entry => entry.Version.ActiveRuns > 0).Select(entry => new DrainingVersion(entry.Version.Id, entry.Version.ActiveRuns, entry.Since))];

    /// <summary>Versions that only runs which were given up on keep in memory.</summary>
    public IReadOnlyList<LeakedVersion> GivenUpOn(string pluginId) =>
    [
        .. Matching(pluginId)
            .Where(entry => entry.Version is { ActiveRuns: 0, RunsGivenUpOn: > 0 })
            .Select(entry => new LeakedVersion(
                entry.Version.Id, entry.Since, $"{entry.Version.RunsGivenUpOn} of its runs did not stop when asked to, and may still be at work. A restart of the host ends them.")),
    ];

    /// <summary>How many runs were given up on of each version that has some, the live one among them.</summary>
    public IReadOnlyList<AbandonedRuns> AbandonedRunsOf(string pluginId, PluginVersion? live) =>
    [
        .. Matching(pluginId).Select(entry => entry.Version).Concat(live is null ? [] : [live])
            .Select(version => new AbandonedRuns(version.Id, version.RunsGivenUpOn))
            .Where(abandoned => abandoned.Runs > 0),
    ];

    public PluginVersion? Find(string pluginId, string versionId) =>
        Matching(pluginId).Select(entry => entry.Version).FirstOrDefault(version => version.Id == versionId);

    /// <summary>
    /// At most two versions of a plugin hold runs. The oldest whose runs must end before one more takes the live one's
    /// place, or null when it may take it now; then <see cref="MadeWay"/> tells when it is worth another try.
    /// </summary>
    public PluginVersion? FindInTheWay(PluginVersion live)
    {
        var holding = Matching(live.PluginId).OrderBy(entry => entry.Since).Select(entry => entry.Version).Append(live).Where(version => version.ActiveRuns > 0).ToList();
        if (holding.Count < 2)
        {
            return null;
        }

        lock (_lock)
        {
            _waiting.Add(live.PluginId);
        }

        holding.ForEach(version => version.WhenIdle(() => MakeWay(live.PluginId)));
        return holding[0];
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
        lock (_lock)
        {
            _versions = _versions.RemoveAll(entry => entry.Version == version);
        }

        Left?.Invoke(version);

        // A load that nobody waits for any more may still be going on.
        _ = loaded?.ContinueWith(
            done => unloading.Unload(done.Result),
            CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
    }

    private void MakeWay(string pluginId)
    {
        lock (_lock)
        {
            if (!_waiting.Remove(pluginId))
            {
                return;
            }
        }

        ThreadPool.UnsafeQueueUserWorkItem(plugin => MadeWay?.Invoke(plugin), pluginId, preferLocal: false);
    }
}
