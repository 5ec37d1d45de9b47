using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace PluginHost.Artifacts;

/// <summary>The builds that are kept, newest first for each plugin.</summary>
internal sealed class ArtifactCatalog
{
    private readonly ConcurrentDictionary<string, ImmutableList<PluginArtifact>> _byPlugin = new(StringComparer.OrdinalIgnoreCase);

    public IReadOnlyCollection<string> PluginIds => [.. _byPlugin.Keys];

    public IReadOnlyList<PluginArtifact> Of(string pluginId) => _byPlugin.GetValueOrDefault(pluginId, []);

    public PluginArtifact? Find(string pluginId, string contentKey) =>
        Of(pluginId).FirstOrDefault(artifact => artifact.ContentKey == contentKey);

    public void Remove(PluginArtifact artifact) =>
        _byPlugin.AddOrUpdate(artifact.PluginId, [], (_, known) => known.RemoveAll(other => other.ContentKey == artifact.ContentKey));

    public void Add(PluginArtifact artifact) =>
        _byPlugin.AddOrUpdate(
            artifact.PluginId,
            [artifact],
            (_, known) => [artifact, .. known.Where(other => other.ContentKey != artifact.ContentKey)]);
}
