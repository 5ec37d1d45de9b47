using PluginHost.Sources;

namespace PluginHost.Pipeline;

/// <summary>A tip to deploy.</summary>
/// <param name="Snapshot">The commit.</param>
/// <param name="Folder">The watched folder.</param>
/// <param name="Trigger">What made the host look.</param>
/// <param name="SeenAt">When the tip was seen.</param>
/// <param name="FetchedAfter">How long it took from there until its files were here.</param>
internal sealed record DeploymentRequest(
    SourceSnapshot Snapshot,
    string Folder,
    DeploymentTrigger Trigger,
    DateTimeOffset SeenAt,
    TimeSpan FetchedAfter)
{
    public string Source => Snapshot.Source;
}
