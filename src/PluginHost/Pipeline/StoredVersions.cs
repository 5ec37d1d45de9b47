using PluginHost.Artifacts;
using PluginHost.Loading;
using PluginHost.Running;
using PluginHost.Swapping;

namespace PluginHost.Pipeline;

/// <summary>Lends versions that are not live: one that still drains, or one from disk, loaded for the one run.</summary>
internal sealed class StoredVersions(
    LiveRegistry live, DrainingVersions draining, ArtifactCatalog catalog, PluginLoading loading) : IStoredVersions
{
    public async Task<VersionLease?> LeaseAsync(string pluginId, string version, CancellationToken cancellationToken)
    {
        var loaded = live.Current.Plugins.GetValueOrDefault(pluginId)?.Version is { } current && current.Id == version
            ? current
            : draining.Find(pluginId, version);
        if (loaded?.TryLease() is { } lease)
        {
            return lease;
        }

        if (catalog.Of(pluginId).FirstOrDefault(artifact => artifact.Version == version) is not { } artifact)
        {
            return null;
        }

        if (ArtifactStore.FindDamage(artifact) is { } damage)
        {
            throw new ConflictException($"Version {version} of {pluginId} cannot run: {damage}. Run it on the version that is live.");
        }

        // Retired from the start, so that it is unloaded when this one run has ended.
        var once = draining.Track(await loading.LoadAgainAsync(artifact, cancellationToken));
        var onlyLease = once.TryLease();
        once.Retire();
        return onlyLease;
    }
}
