using System.Reflection;
using System.Runtime.CompilerServices;
using McMaster.NETCore.Plugins;
using Microsoft.Extensions.Options;
using PluginHost.Artifacts;
using PluginHost.Scripts;

namespace PluginHost.Loading;

/// <summary>What loading an artifact gave: a plugin, or a problem.</summary>
internal sealed record LoadResult(LoadedPlugin? Plugin, PluginProblem? Problem);

/// <summary>Loads artifacts into load contexts of their own and checks their scripts.</summary>
internal sealed class PluginLoading(
    AssemblyInspector inspector,
    SharedAssemblies shared,
    PrivateAssemblies own,
    ScriptServicesFactory services,
    ScriptValidator validator,
    UnloadWatch unloading,
    StoredScripts stored,
    LoadJournal journal,
    PluginContexts contexts,
    IOptions<PluginHostOptions> options,
    TimeProvider time)
{
    /// <summary>Reads the plugin's file without running any of it.</summary>
    /// <returns>Why it cannot work in this host, or null.</returns>
    public PluginProblem? Inspect(PluginArtifact artifact) =>
        inspector.Inspect(artifact.AssemblyPath) is { Count: > 0 } problems ? Refuse(artifact, ProblemStage.Inspect, problems).Problem : null;

    /// <summary>Loads and checks a plugin that was inspected. Nothing of it is live afterwards.</summary>
    /// <param name="artifact">The plugin.</param>
    /// <param name="check">Finds more that is wrong with its scripts; it may run their code.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<LoadResult> LoadAsync(
        PluginArtifact artifact, Func<IReadOnlyList<ScriptClass>, IReadOnlyList<ScriptProblem>> check, CancellationToken cancellationToken)
    {
        // Module initializers, static and instance constructors are the plugin's code, which may never come back. They
        // run on a thread of their own, and nothing of the plugin stays on this one's stack.
        if (journal.Refuse(artifact) is { } refusal)
        {
            return Refuse(artifact, ProblemStage.Load, [refusal]);
        }

        var limit = options.Value.Load.Timeout;
        var note = await journal.BeginAsync(artifact, cancellationToken);
        var work = Task.Factory.StartNew(
            () => LoadAndValidate(artifact, check), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        _ = work.ContinueWith(_ => note.Dispose(), TaskScheduler.Default);
        try
        {
            var result = await work.WaitAsync(limit, time, cancellationToken);
            await journal.SurvivedAsync(artifact);
            return result;
        }
        catch (TimeoutException)
        {
            // Others may be waiting for their turn.
            note.Dispose();
            _ = work.ContinueWith(Discard, TaskScheduler.Default);
            return Refuse(artifact, ProblemStage.Load, [$"Constructing and checking the scripts of {artifact.PluginId} took longer than {limit}, so it does not go live. Look for a constructor or a static initializer that waits; Load:Timeout sets the limit."]);
        }
    }

    /// <summary>Inspects, loads and checks a plugin. Nothing of it is live afterwards.</summary>
    public async Task<LoadResult> InspectAndLoadAsync(PluginArtifact artifact, CancellationToken cancellationToken) =>
        Inspect(artifact) is { } problem ? new LoadResult(null, problem) : await LoadAsync(artifact, _ => [], cancellationToken);

    /// <summary>Loads a plugin that was loaded and checked before.</summary>
    /// <exception cref="ConflictException">It cannot be loaded any more.</exception>
    public async Task<LoadedPlugin> LoadAgainAsync(PluginArtifact artifact, CancellationToken cancellationToken)
    {
        var result = await InspectAndLoadAsync(artifact, cancellationToken);
        return result.Plugin ?? throw new ConflictException($"Version {artifact.Version} of {artifact.PluginId} cannot be loaded any more: {result.Problem!.Message}");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private LoadResult LoadAndValidate(PluginArtifact artifact, Func<IReadOnlyList<ScriptClass>, IReadOnlyList<ScriptProblem>> check)
    {
        var loader = PluginAssembly.Open(artifact.AssemblyPath, shared.Names.Select(name => name.Name!), isUnloadable: true);
        var version = services.ForVersion();
        try
        {
            own.LoadInto(loader, artifact);
            var read = validator.Validate(ScriptReader.Read(artifact.PluginId, PluginAssembly.Types(Load(artifact, loader))), version);
            List<ScriptProblem> problems = [.. read.Problems, .. check(read.Scripts)];
            if (problems.Count == 0)
            {
                stored.Write(artifact, read.Scripts.Select(script => script.Descriptor));
                return new LoadResult(new LoadedPlugin(artifact, loader, version, read.Scripts), null);
            }

            unloading.Unload(artifact, loader, version);
            return Refuse(artifact, problems[0].Stage, [.. problems.Select(problem => Locate(artifact, problem))]);
        }
        catch (Exception failure)
        {
            unloading.Unload(artifact, loader, version);
            return Refuse(artifact, ProblemStage.Load, [$"{artifact.PluginId} cannot be loaded: {failure.GetType().Name}: {failure.Message}"]);
        }
    }

    private Assembly Load(PluginArtifact artifact, PluginLoader loader)
    {
        var assembly = loader.LoadDefaultAssembly();
        contexts.Add(assembly, artifact);
        return assembly;
    }

    private void Discard(Task<LoadResult> late)
    {
        if (late is { IsCompletedSuccessfully: true, Result.Plugin: { } plugin })
        {
            unloading.Unload(plugin);
        }
    }

    private static LoadResult Refuse(PluginArtifact artifact, ProblemStage stage, IReadOnlyList<string> problems) =>
        Refuse(artifact, stage, [.. problems.Select(problem => new Diagnostic(DiagnosticSeverity.Error, null, problem, artifact.Project, null, null))]);

    private static LoadResult Refuse(PluginArtifact artifact, ProblemStage stage, IReadOnlyList<Diagnostic> problems) => new(
        null,
        new PluginProblem(
            stage,
            artifact.Commit,
            string.Join(" ", problems.Select(problem => problem.Line is null ? problem.Message : $"{problem.File} line {problem.Line}: {problem.Message}")),
            problems));

    private static Diagnostic Locate(PluginArtifact artifact, ScriptProblem problem)
    {
        var place = problem.TypeName is { } type ? SourcePlaces.Find(artifact.AssemblyPath, type) : null;
        return new Diagnostic(DiagnosticSeverity.Error, null, problem.Message, place?.File ?? artifact.Project, place?.Line, null);
    }
}
