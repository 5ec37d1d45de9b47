using System.Text.RegularExpressions;
using PluginHost.Artifacts;
using PluginHost.Sources;
using PluginHost.Sources.Drops;

namespace PluginHost.Planning;

/// <summary>What is known of a source's plugins before a commit is planned.</summary>
/// <param name="Live">The builds that are live, by plugin id.</param>
/// <param name="LiveElsewhere">The ids of plugins that are live from other sources, with the source.</param>
/// <param name="Rejections">What was refused last, by plugin id.</param>
/// <param name="Pinned">The builds at which plugins are held, by plugin id.</param>
internal sealed record KnownPlugins(
    IReadOnlyDictionary<string, PluginArtifact> Live,
    IReadOnlyDictionary<string, string> LiveElsewhere,
    IReadOnlyDictionary<string, Rejection> Rejections,
    IReadOnlyDictionary<string, PluginArtifact> Pinned)
{
    /// <summary>The versions at which plugins are held and that are not kept, by plugin id.</summary>
    public IReadOnlyDictionary<string, string> PinnedAndGone { get; init; } = new Dictionary<string, string>();
}

/// <summary>Finds out which plugins a commit affects, and why. Reads the commit, builds nothing.</summary>
internal sealed partial class ChangePlanner(ProjectScanner scanner, ArtifactCatalog artifacts)
{
    public ChangePlan Plan(SourceSnapshot snapshot, string folder, string environment, KnownPlugins known)
    {
        var projects = (snapshot.Drops is { } drops ? drops.Where(plugin => IsExpected(plugin, known)).Select(ProjectOf) : scanner.FindPlugins(snapshot, folder))
            .GroupBy(PluginId, StringComparer.OrdinalIgnoreCase)
            .ToList();
        var present = projects.Select(group => group.Key).ToHashSet(StringComparer.OrdinalIgnoreCase);

        return new ChangePlan(
            snapshot,
            environment,
            [.. projects.Select(group => Plan(snapshot, environment, known, group.Key, [.. group]))],
            [.. known.Live.Keys.Where(id => !present.Contains(id)).Order(StringComparer.Ordinal)]);
    }

    private PlannedPlugin Plan(SourceSnapshot snapshot, string environment, KnownPlugins known, string id, IReadOnlyList<string> projects)
    {
        var project = projects[0];
        if (Refusal(snapshot, known, id, projects) is { } refusal)
        {
            return Reject(id, project, new PluginProblem(ProblemStage.Plan, snapshot.Commit, refusal, []));
        }

        var dropped = snapshot.Drops?.First(plugin => plugin.Plugin.Equals(id, StringComparison.OrdinalIgnoreCase));
        var live = known.Live.GetValueOrDefault(id);
        if (known.Pinned.GetValueOrDefault(id) is { } pinned)
        {
            return live?.ContentKey == pinned.ContentKey
                ? new PlannedPlugin(id, project, PlanAction.Keep, $"it is pinned to version {pinned.Version}") { Artifact = live }
                : new PlannedPlugin(id, project, PlanAction.Reuse, $"it is pinned to version {pinned.Version}") { Artifact = pinned };
        }

        if (known.PinnedAndGone.GetValueOrDefault(id) is { } gone)
        {
            return Reject(id, project, new PluginProblem(
                ProblemStage.Plan, snapshot.Commit, $"{id} is pinned to version {gone}, and that is neither kept here nor offered by another node. What is live stays live. Pin it to another version, or unpin it.", []));
        }

        var difference = live is null ? "it is new" : Difference(live, project, snapshot.Tree, environment);
        if (dropped is { Fault: { } fault } && (difference is null || dropped.Current is null))
        {
            return Reject(id, project, new PluginProblem(ProblemStage.Fetch, snapshot.Commit, $"{fault} {(live is null ? "No drop of it is whole, so it does not go live." : "What is live stays live.")} It is taken when it is whole.", []));
        }

        if (dropped is { Current: null })
        {
            return new PlannedPlugin(id, project, PlanAction.Keep, "its newest drop is still being copied, or cannot be read") { Artifact = live };
        }

        if (dropped is not null && difference is not null)
        {
            difference = $"drop {dropped.Current.Version} is the newest that is whole{(dropped.Fault is null ? "" : $"; {dropped.Fault}")}";
        }

        if (difference is null)
        {
            return new PlannedPlugin(id, project, PlanAction.Keep, "nothing it is made of changed") { Artifact = live };
        }

        var stored = artifacts.Of(id).FirstOrDefault(artifact => Difference(artifact, project, snapshot.Tree, environment) is null);
        if (stored is not null)
        {
            return new PlannedPlugin(id, project, PlanAction.Reuse, $"{difference}, and a build of this content is stored") { Artifact = stored };
        }

        return known.Rejections.GetValueOrDefault(id) is { Inputs: { } tried } rejection && tried.FirstDifference(snapshot.Tree, environment) is null
            ? Reject(id, project, rejection.Problem)
            : new PlannedPlugin(id, project, PlanAction.Build, difference);
    }

    private static string? Difference(PluginArtifact artifact, string project, SourceTree tree, string environment) =>
        artifact.Project == project
            ? artifact.Inputs.FirstDifference(tree, environment)
            : $"its project moved from {artifact.Project} to {project}";

    private static string? Refusal(SourceSnapshot snapshot, KnownPlugins known, string id, IReadOnlyList<string> projects)
    {
        if (projects.Count > 1)
        {
            return $"Projects share the name {id}: {string.Join(", ", projects)}. A plugin's id is its project file's name, so none of them is built. Rename all but one.";
        }

        if (projects[0].Contains('%', StringComparison.Ordinal))
        {
            return $"The project {projects[0]} has a '%' in its path, which MSBuild reads as an escape, so {id} is not built. Rename the folder or the file.";
        }

        if (id is "." or ".." || !ValidId().IsMatch(id))
        {
            return snapshot.Drops is not null ? $"The folder {id} cannot be a plugin: an id is made of letters, digits, '.', '-' and '_'. Rename the folder."
                : $"The project {projects[0]} cannot be a plugin: an id is made of letters, digits, '.', '-' and '_'. Rename the project file.";
        }

        if (known.LiveElsewhere.TryGetValue(id, out var source))
        {
            return $"A plugin {id} is live from source '{source}', and ids are unique in the host. Rename one of the two project files.";
        }

        return LinkOutOfTheTree(snapshot, RepositoryPath.Folder(projects[0])) is { } link
            ? $"{link} is a symbolic link that leads out of the repository, or through another link, so {id} is not built. Replace it by the file it stands for."
            : null;
    }

    private static string? LinkOutOfTheTree(SourceSnapshot snapshot, string folder) =>
        snapshot.Tree.FindFolder(folder)?.AllFiles(folder)
            .Where(file => file.Value.Kind == SourceFileKind.SymbolicLink && SymbolicLinks.Target(snapshot.Tree, file.Key, file.Value) is null)
            .Select(file => file.Key)
            .FirstOrDefault();

    private static PlannedPlugin Reject(string id, string project, PluginProblem problem) =>
        new(id, project, PlanAction.Reject, problem.Message) { Problem = problem };

    // Half copied it is none yet, unless it was one before.
    private static bool IsExpected(DroppedPlugin plugin, KnownPlugins known) => plugin.Current is not null || plugin.Fault is not null || known.Live.ContainsKey(plugin.Plugin);

    // There is no project file; what says which plugin it is is its folder.
    private static string ProjectOf(DroppedPlugin plugin) => RepositoryPath.Join(plugin.Plugin, $"{plugin.Plugin}.dll");

    private static string PluginId(string project) => Path.GetFileNameWithoutExtension(RepositoryPath.Name(project));

    [GeneratedRegex(@"^[A-Za-z0-9._-]+\z")]
    private static partial Regex ValidId();
}
