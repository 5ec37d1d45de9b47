using PluginHost.Artifacts;
using PluginHost.History;

namespace PluginHost.Pipeline;

/// <summary>Sees to it that the builds at which plugins are held are here: another node may have pinned them.</summary>
internal sealed class PinnedBuilds(PinStore pins, ArtifactCatalog artifacts, SharedBuilds shared)
{
    /// <summary>Takes those that are not here from the nodes that have them. What cannot be had, its plugin's next deployment says.</summary>
    public async Task FetchAsync(CancellationToken cancellationToken)
    {
        foreach (var pin in pins.All.Where(pin => artifacts.Find(pin.Plugin, pin.ContentKey) is null))
        {
            await shared.FindAsync(pin.Plugin, pin.ContentKey, cancellationToken);
        }
    }
}
