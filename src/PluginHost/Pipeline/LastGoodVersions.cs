using Microsoft.Extensions.Logging;
using PluginHost.Artifacts;
using PluginHost.History;
using PluginHost.Hosting;
using PluginHost.Loading;
using PluginHost.Swapping;

namespace PluginHost.Pipeline;

/// <summary>Makes live what was live when the host stopped: from disk alone, without the network and without a build.</summary>
internal sealed partial class LastGoodVersions(
    LivePluginStore store,
    ArtifactStore artifacts,
    ArtifactCatalog catalog,
    PluginLoading loading,
    StoredScripts scripts,
    LiveRegistry live,
    DrainingVersions versions,
    PluginStates plugins,
    HostReadiness readiness,
    HostActivities activities,
    ILogger<LastGoodVersions> logger)
{
    public async Task RestoreAsync(CancellationToken cancellationToken)
    {
        artifacts.Load();
        var rows = store.GetAll();
        if (rows.Count == 0)
        {
            return;
        }

        using var activity = activities.Begin("load", $"Loading {rows.Count} plugins");
        var restored = new LivePlugin?[rows.Count];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, rows.Count), cancellationToken, async (i, token) => restored[i] = await RestoreAsync(rows[i], token));

        live.Swap(new LiveSnapshot(restored.OfType<LivePlugin>()));
        foreach (var plugin in restored.OfType<LivePlugin>())
        {
            plugins.Restored(plugin);
        }

        readiness.Loaded();
        LogRestored(live.Current.Plugins.Count, live.Current.Scripts.Count);
    }

    private async Task<LivePlugin?> RestoreAsync(LivePluginRow row, CancellationToken cancellationToken)
    {
        if (catalog.Find(row.PluginId, row.ContentKey) is not { } artifact)
        {
            LogLost(row.PluginId, "its artifact is gone");
            return null;
        }

        if (scripts.Read(artifact) is { } found)
        {
            // Checked before, by this very host: it is loaded when its first script runs.
            return new LivePlugin(row.Source, versions.Track(artifact, found, () => loading.LoadAgainAsync(artifact, CancellationToken.None)), row.Since);
        }

        var result = await loading.InspectAndLoadAsync(artifact, cancellationToken);
        if (result.Plugin is null)
        {
            LogLost(row.PluginId, result.Problem!.Message);
            plugins.RestoreFailed(row.PluginId, row.Source, artifact.Project, result.Problem);
            return null;
        }

        return new LivePlugin(row.Source, versions.Track(result.Plugin), row.Since);
    }

    [LoggerMessage(EventId = 503, Level = LogLevel.Information, Message = "{PluginCount} plugins with {ScriptCount} scripts are live again from the last run of the host.")]
    private partial void LogRestored(int pluginCount, int scriptCount);

    [LoggerMessage(EventId = 504, Level = LogLevel.Warning, Message = "Plugin '{PluginId}' was live before and is not now: {Reason}. It is built again from its source.")]
    private partial void LogLost(string pluginId, string reason);
}
