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

        live.Swap(new LiveSnapshot(WithoutCollisions(restored.OfType<LivePlugin>())));
        foreach (var plugin in live.Current.Plugins.Values.Where(plugin => !plugins.HasProblem(plugin.Id)))
        {
            plugins.Restored(plugin);
        }

        readiness.Loaded();
        LogRestored(live.Current.Plugins.Count, live.Current.Scripts.Count);
    }

    private async Task<LivePlugin?> RestoreAsync(LivePluginRow row, CancellationToken cancellationToken)
    {
        if (FindWhole(row) is not { } artifact)
        {
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

    /// <summary>A version that stands in may have a script that another plugin has since then.</summary>
    private List<LivePlugin> WithoutCollisions(IEnumerable<LivePlugin> restored)
    {
        var ids = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var kept = new List<LivePlugin>();
        foreach (var plugin in restored.OrderBy(plugin => plugins.HasProblem(plugin.Id)))
        {
            if (plugin.Version.Scripts.Any(script => ids.Contains(script.Id)))
            {
                LogLost(plugin.Id, "its earlier version has a script that another plugin has now");
                plugin.Version.Retire();
                continue;
            }

            ids.UnionWith(plugin.Version.Scripts.Select(script => script.Id));
            kept.Add(plugin);
        }

        return kept;
    }

    /// <summary>The build that was live; where it is damaged, the latest of those before it that is not, so that the plugin does not have to wait for the network.</summary>
    private PluginArtifact? FindWhole(LivePluginRow row)
    {
        string? damage = null;
        foreach (var key in row.Before.Prepend(row.ContentKey))
        {
            var artifact = catalog.Find(row.PluginId, key);
            var wrong = artifact is null ? "its artifact is gone" : ArtifactStore.FindDamage(artifact);
            if (wrong is not null)
            {
                damage ??= wrong;
                continue;
            }

            if (damage is not null)
            {
                LogStandIn(row.PluginId, artifact!.Version, damage);
                plugins.RestoreFailed(row.PluginId, row.Source, artifact.Project, new PluginProblem(
                    ProblemStage.Load, row.Commit, $"The version of {row.PluginId} that was live before the restart is not loaded: {damage}. Version {artifact.Version} stands in until it is built again from its source.", []));
            }

            return artifact;
        }

        LogLost(row.PluginId, damage!);
        return null;
    }

    [LoggerMessage(EventId = 503, Level = LogLevel.Information, Message = "{PluginCount} plugins with {ScriptCount} scripts are live again from the last run of the host.")]
    private partial void LogRestored(int pluginCount, int scriptCount);

    [LoggerMessage(EventId = 504, Level = LogLevel.Warning, Message = "Plugin '{PluginId}' was live before and is not now: {Reason}. It is built again from its source.")]
    private partial void LogLost(string pluginId, string reason);

    [LoggerMessage(EventId = 507, Level = LogLevel.Warning, Message = "Plugin '{PluginId}' runs its earlier version '{Version}', because of the one that was live {Reason}. It is built again from its source.")]
    private partial void LogStandIn(string pluginId, string version, string reason);
}
