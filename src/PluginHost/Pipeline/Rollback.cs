using Microsoft.Extensions.Logging;
using PluginHost.Artifacts;
using PluginHost.History;
using PluginHost.Swapping;

namespace PluginHost.Pipeline;

/// <summary>Holds a plugin at a version of the operator's choice: it is pinned first, and then deployed like any other change.</summary>
internal sealed partial class Rollback(
    PluginStates plugins, LiveRegistry live, LivePluginStore liveStore, ArtifactCatalog artifacts, PinStore pins, SharedBuilds shared, SourceWatchers sources, TimeProvider time, ILogger<Rollback> logger)
{
    private readonly SemaphoreSlim _oneAtATime = new(1);

    /// <summary>Makes a stored version live and keeps it so.</summary>
    /// <param name="pluginId">The plugin.</param>
    /// <param name="version">The version, or null for the one that was live before.</param>
    /// <param name="by">Who asks.</param>
    /// <param name="cancellationToken">Gives up waiting; what has begun is carried out.</param>
    /// <exception cref="NotFoundException">There is no such plugin, or the version is not kept.</exception>
    /// <exception cref="ConflictException">The version cannot go live; nothing has changed.</exception>
    public async Task PinAsync(string pluginId, string? version, string? by, CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            var plugin = plugins.Get(pluginId);
            var artifact = version is null ? VersionBefore(plugin) : artifacts.Of(plugin.Id).FirstOrDefault(kept => kept.Version == version) ?? throw new NotFoundException("version", $"{plugin.Id} {version}");
            var before = pins.Find(plugin.Id);

            // First, so that the other nodes find it when they hear of the pin.
            await shared.OfferAsync([artifact], cancellationToken);
            await pins.SetAsync(new Pin(plugin.Id, artifact.ContentKey, artifact.Version, by, time.GetUtcNow()), cancellationToken);
            LogPinned(plugin.Id, artifact.Version, by ?? "somebody");

            // From here on it is carried out whoever waits: a pin without its deployment would take effect at some later commit.
            if (await DeployAsync(plugin) is { Outcome: PluginOutcomeKind.Rejected } refused)
            {
                await RestoreAsync(plugin.Id, before);
                throw new ConflictException($"Version {artifact.Version} of {plugin.Id} cannot go live, so nothing was changed: {refused.Reason}");
            }
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Lets the plugin follow its branch again.</summary>
    /// <exception cref="NotFoundException">There is no such plugin.</exception>
    public async Task UnpinAsync(string pluginId, CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            var plugin = plugins.Get(pluginId);
            if (await pins.RemoveAsync(plugin.Id, cancellationToken))
            {
                LogUnpinned(plugin.Id);
                await DeployAsync(plugin);
            }
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    private async Task<PluginOutcome?> DeployAsync(PluginInfo plugin)
    {
        var deployment = await sources.Get(plugin.Source).DeployAgain(DeploymentTrigger.Rollback);
        return deployment.Error is null
            ? deployment.Plugins.FirstOrDefault(outcome => outcome.Plugin.Equals(plugin.Id, StringComparison.OrdinalIgnoreCase))
            : new PluginOutcome(plugin.Id, PluginOutcomeKind.Rejected, null, deployment.Error);
    }

    private Task RestoreAsync(string pluginId, Pin? before) =>
        before is null ? pins.RemoveAsync(pluginId, CancellationToken.None) : pins.SetAsync(before, CancellationToken.None);

    private PluginArtifact VersionBefore(PluginInfo plugin)
    {
        var now = live.Current.Plugins.GetValueOrDefault(plugin.Id)?.Version.Artifact.ContentKey;
        return liveStore.Find(plugin.Id)?.Before.Where(key => key != now).Select(key => artifacts.Find(plugin.Id, key)).FirstOrDefault(kept => kept is not null)
            ?? throw new ConflictException($"No version of {plugin.Id} was live before and is still kept. Name one of those under versions, or commit a revert.");
    }

    [LoggerMessage(EventId = 510, Level = LogLevel.Information, Message = "Plugin '{PluginId}' is pinned to version '{Version}' by {By}; commits do not change it until it is unpinned.")]
    private partial void LogPinned(string pluginId, string version, string by);

    [LoggerMessage(EventId = 511, Level = LogLevel.Information, Message = "Plugin '{PluginId}' is unpinned and follows its branch again.")]
    private partial void LogUnpinned(string pluginId);
}
