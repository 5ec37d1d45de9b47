using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PluginHost.Artifacts;
using PluginHost.History;
using PluginHost.Running;
using PluginHost.Swapping;

namespace PluginHost.Retention;

/// <summary>Deletes builds that are no longer kept. Called between deployments, because a deployment may be about to reuse one.</summary>
internal sealed partial class VersionRetention(
    ArtifactCatalog catalog,
    ArtifactStore store,
    LiveRegistry live,
    DrainingVersions draining,
    PinStore pins,
    IWantedVersions runs,
    IOptions<PluginHostOptions> options,
    TimeProvider time,
    ILogger<VersionRetention> logger)
{
    public void Sweep()
    {
        var limit = options.Value.Retention.Versions;
        var wanted = runs.WantedVersions;
        var perPlugin = new RetentionLimit { Count = limit.Count, Age = limit.Age };
        Delete(catalog.PluginIds.SelectMany(plugin => RetentionRule.Excess(Idle(plugin, wanted), perPlugin, time.GetUtcNow())));
        Delete(RetentionRule.Excess(catalog.PluginIds.SelectMany(plugin => Idle(plugin, wanted)), new RetentionLimit { Bytes = limit.Bytes }, time.GetUtcNow()));
    }

    private IEnumerable<Kept<PluginArtifact>> Idle(string pluginId, IReadOnlySet<string> wanted) => catalog.Of(pluginId)
        .Where(artifact => live.Current.Plugins.GetValueOrDefault(pluginId)?.Version.Artifact.ContentKey != artifact.ContentKey)
        .Where(artifact => pins.Find(pluginId)?.ContentKey != artifact.ContentKey)
        .Where(artifact => !wanted.Contains(artifact.Version))
        .Where(artifact => draining.Find(pluginId, artifact.Version) is null)
        .Select(artifact => new Kept<PluginArtifact>(artifact, artifact.BuiltAt, artifact.Bytes));

    private void Delete(IEnumerable<PluginArtifact> artifacts)
    {
        foreach (var artifact in artifacts.ToList())
        {
            try
            {
                store.Delete(artifact);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // It is out of the catalogue already, and what is left of it goes at the next start.
                LogNotDeleted(artifact.Version, artifact.PluginId, failure.Message);
            }
        }
    }

    [LoggerMessage(EventId = 410, Level = LogLevel.Warning, Message = "Version '{Version}' of plugin '{PluginId}' is no longer kept, and its files could not be deleted: {Error}")]
    private partial void LogNotDeleted(string version, string pluginId, string error);
}
