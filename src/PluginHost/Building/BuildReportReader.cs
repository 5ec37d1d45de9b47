using PluginHost.Planning;
using PluginHost.Processes;

namespace PluginHost.Building;

/// <summary>Reads from what a batch left behind how each of its plugins fared.</summary>
internal sealed class BuildReportReader(BuildBatch batch, ChangePlan plan, ChildExit exit, TimeSpan timeout)
{
    private const int MostWarnings = 100;

    private readonly Lazy<InputReader> _inputs = new(() => new InputReader(
        batch.Workspace, plan.Snapshot.Tree, ProjectFacts.ReadInputs(batch.FactsFolder), batch.ImportsArchive));

    private readonly ILookup<string, ProjectOutput> _outputs = ProjectFacts.ReadOutputs(batch.FactsFolder);

    private readonly IReadOnlyList<ProjectDiagnostic> _diagnostics =
        [.. File.ReadLines(batch.LogFile).Select(DiagnosticParser.Parse).OfType<ProjectDiagnostic>().Distinct()];

    private CommitGaps Gaps => field ??= new CommitGaps(batch.Workspace, plan.Snapshot, _inputs.Value);

    public BuildReport Read(IReadOnlyList<PlannedPlugin> planned) =>
        new(planned.ToDictionary(plugin => plugin.PluginId, Read, StringComparer.OrdinalIgnoreCase)) { RestoreTime = RestoreTime() };

    // By one clock, that of the file system.
    private TimeSpan? RestoreTime() => File.Exists(batch.RestoredMark)
        ? File.GetLastWriteTimeUtc(batch.RestoredMark) - File.GetLastWriteTimeUtc(batch.ProjectFile)
        : null;

    private BuildResult Read(PlannedPlugin plugin)
    {
        var inputs = _inputs.Value.Read(plugin.Project, plan.Environment);
        var packageInputs = _inputs.Value.ReadOfPackages(plugin.Project, plan.Environment);
        var outputs = _outputs[FullPath(plugin.Project)].ToList();
        if (outputs.Count > 0 && !exit.TimedOut && !HasOwnError(plugin))
        {
            if (Gaps.FindIn(plugin, inputs) is { } gap)
            {
                return new BuildResult
                {
                    Project = plugin.Project, PackageInputs = packageInputs, Inputs = inputs,
                    Problem = new PluginProblem(ProblemStage.Build, plan.Snapshot.Commit, gap, []),
                };
            }

            // A project with several target frameworks: the newest is nearest to what the host runs on.
            return new BuildResult
            {
                Project = plugin.Project, PackageInputs = packageInputs,
                Inputs = inputs ?? Guess(plugin), Output = outputs.MaxBy(output => output.Framework, FrameworkOrder),
                Warnings = WarningsOf(plugin),
            };
        }

        var own = ErrorsOf(plugin);
        var wasLeftOut = own.Count > 0 && own.TrueForAll(error => error.Diagnostic.Code == "NETSDK1004");
        var problem = Explain(plugin, own, wasLeftOut);
        return new BuildResult
        {
            Project = plugin.Project, PackageInputs = packageInputs, Inputs = exit.TimedOut ? null : inputs,
            Problem = problem, IsUnexplained = !exit.TimedOut && problem.Diagnostics.Count == 0,
            WasLeftOut = wasLeftOut,
        };
    }

    // An output is there before the build is over: another target framework, or a target after it, may fail.
    private bool HasOwnError(PlannedPlugin plugin) =>
        _diagnostics.Any(found => found.Diagnostic.Severity == DiagnosticSeverity.Error && found.Project == FullPath(plugin.Project));

    private IReadOnlyList<Diagnostic> WarningsOf(PlannedPlugin plugin) =>
    [
        .. _diagnostics
            .Where(found => found.Diagnostic.Severity == DiagnosticSeverity.Warning && found.Project == FullPath(plugin.Project))
            .Select(found => Relocate(found.Diagnostic))
            .Distinct()
            .Take(MostWarnings),
    ];

    private List<ProjectDiagnostic> Errors => field ??= [.. _diagnostics.Where(found => found.Diagnostic.Severity == DiagnosticSeverity.Error)];

    private List<ProjectDiagnostic> ErrorsOf(PlannedPlugin plugin)
    {
        var projects = (_inputs.Value.Closure(plugin.Project) ?? [plugin.Project]).Select(FullPath).ToHashSet();
        return Errors.FindAll(error => error.Project is not null && projects.Contains(error.Project));
    }

    private PluginProblem Explain(PlannedPlugin plugin, List<ProjectDiagnostic> own, bool wasLeftOut)
    {
        if (wasLeftOut && Errors.FindAll(error => error.Diagnostic.Code == BuildHints.Circle) is { Count: > 0 } circle)
        {
            // Whichever project of the circle MSBuild comes to first is told of it; the others only find that they have no packages.
            own = circle;
        }

        // What no project owns, such as a missing SDK, is everybody's.
        var relevant = own.Count > 0 ? own : [.. Errors.Where(error => error.Project is null || !IsPlanned(error.Project))];
        var diagnostics = relevant.Select(error => Relocate(error.Diagnostic)).Distinct().ToList();
        var hint = diagnostics.Select(BuildHints.For).FirstOrDefault(found => found is not null);
        var stage = diagnostics.Count > 0 && diagnostics.TrueForAll(IsRestore) ? ProblemStage.Restore : ProblemStage.Build;
        return new PluginProblem(stage, plan.Snapshot.Commit, $"{Sentence(plugin, stage, diagnostics)}{(hint is null ? "" : $" {hint}")}{Gaps.Explain(plugin, diagnostics)}", diagnostics);
    }

    private string Sentence(PlannedPlugin plugin, ProblemStage stage, List<Diagnostic> diagnostics)
    {
        var commit = plan.Snapshot.Commit[..7];
        if (exit.TimedOut)
        {
            return $"The build of commit {commit} took longer than {timeout} and was ended. Look for a target that waits; Build:Timeout sets the limit. Log: {Path.GetFullPath(batch.LogFile)}";
        }

        var what = stage == ProblemStage.Restore ? $"The packages of {plugin.PluginId} could not be restored" : $"{plugin.PluginId} did not build";
        return diagnostics switch
        {
            [] => $"{what} at commit {commit}: dotnet build ended with exit code {exit.Code} and no message. Log: {Path.GetFullPath(batch.LogFile)}",
            [var first, .. var others] => $"{what} at commit {commit}: {Place(first)}{first.Code} {first.Message}{(others.Count > 0 ? $" (and {others.Count} more)" : "")}",
        };
    }

    private static string Place(Diagnostic diagnostic) => diagnostic switch
    {
        { File: null } => "",
        { Line: null } => $"{diagnostic.File}: ",
        _ => $"{diagnostic.File} line {diagnostic.Line}: ",
    };

    private static bool IsRestore(Diagnostic diagnostic) =>
        diagnostic.Code?.StartsWith("NU", StringComparison.Ordinal) == true || diagnostic.Code == "NETSDK1004";

    private bool IsPlanned(string project) => plan.ToBuild.Any(plugin => FullPath(plugin.Project) == project);

    private Diagnostic Relocate(Diagnostic diagnostic) =>
        diagnostic.File is { } file && Path.IsPathRooted(file) ? diagnostic with { File = batch.Workspace.PathOf(file) ?? file } : diagnostic;

    /// <summary>A project that was built without compiling anything: all of its folder counts.</summary>
    private InputManifest Guess(PlannedPlugin plugin)
    {
        var folder = Sources.RepositoryPath.Folder(plugin.Project);
        var files = plan.Snapshot.Tree.FindFolder(folder)!.AllFiles(folder).Select(file => file.Key);
        return InputManifest.Capture(plan.Snapshot.Tree, files.Concat(WellKnownFiles.For(plugin.Project)), [folder], plan.Environment);
    }

    private string FullPath(string project) => Path.Combine(batch.Workspace.Root, project.Replace('/', Path.DirectorySeparatorChar));

    private static Comparer<string> FrameworkOrder { get; } = Comparer<string>.Create((a, b) => Version(a).CompareTo(Version(b)));

    private static Version Version(string framework) =>
        System.Version.TryParse(framework.Replace("net", "", StringComparison.Ordinal).Split('-')[0], out var version) ? version : new Version(0, 0);
}
