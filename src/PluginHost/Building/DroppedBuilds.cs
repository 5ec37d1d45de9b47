using PluginHost.Artifacts;
using PluginHost.Planning;
using PluginHost.Sources;
using PluginHost.Sources.Drops;

namespace PluginHost.Building;

/// <summary>What takes the place of a build where a pipeline has built the plugins: it is there already.</summary>
internal static class DroppedBuilds
{
    /// <summary>What besides a drop decides what it holds: nothing.</summary>
    public const string Environment = "drop";

    /// <summary>The drops of the plugins that a plan wants built.</summary>
    public static BuildReport Take(ChangePlan plan)
    {
        var drops = plan.Snapshot.Drops!.Where(plugin => plugin.Current is not null).ToDictionary(plugin => plugin.Plugin, plugin => plugin.Current!);
        return new BuildReport(plan.ToBuild.ToDictionary(planned => planned.PluginId, planned => Result(plan, planned, drops[planned.PluginId]), StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>Whether there is an artifact of what a drop holds.</summary>
    public static bool IsKept(ArtifactCatalog artifacts, string plugin, string contentId) =>
        artifacts.Of(plugin).Any(artifact => IsDrop(artifact) && artifact.Inputs.Files.GetValueOrDefault(ManifestOf(plugin)) == contentId);

    /// <summary>Whether an artifact came from a drop.</summary>
    public static bool IsDrop(PluginArtifact artifact) => artifact.Inputs.Environment == Environment;

    private static BuildResult Result(ChangePlan plan, PlannedPlugin planned, Drop drop) => new()
    {
        Project = planned.Project,
        Inputs = InputManifest.Capture(plan.Snapshot.Tree, [ManifestOf(planned.PluginId)], [], plan.Environment),
        Output = new ProjectOutput("", drop.Folder, drop.Manifest.Assembly),
        Drop = drop,
    };

    // In the snapshot's tree it stands for all that the drop holds.
    private static string ManifestOf(string plugin) => RepositoryPath.Join(plugin, DropManifest.FileName);
}
