using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PluginHost.Artifacts;
using PluginHost.Building;
using PluginHost.Hosting;
using PluginHost.Processes;
using PluginHost.Sources;
using PluginHost.Sources.Drops;
using PluginHost.Sources.Signatures;

namespace PluginHost.Pipeline;

/// <summary>The watchers of all configured sources.</summary>
internal sealed class SourceWatchers : IDisposable
{
    private readonly List<ISource> _sources;
    private readonly Dictionary<string, SourceWatcher> _watchers;
    private readonly List<FolderWatcher> _folders;
    private Task _running = Task.CompletedTask;

    public SourceWatchers(
        IOptions<PluginHostOptions> options, DataDirectory data, DeploymentQueue queue, HostActivities activities,
        HostEvents events, ChildProcess processes, ArtifactCatalog artifacts, TimeProvider time, ILoggerFactory loggers)
    {
        _sources = [.. options.Value.Sources.Select(source => Open(source.Key, source.Value))];
        _watchers = _sources.ToDictionary(
            source => source.Name,
            source => new SourceWatcher(source, options.Value.Sources[source.Name].Poll, queue, events, time, loggers.CreateLogger<SourceWatcher>()),
            StringComparer.OrdinalIgnoreCase);
        _folders = [.. _sources.Where(source => source.Kind != SourceKind.Git).Select(source => new FolderWatcher(
            source, data.Root, _watchers[source.Name], time, loggers.CreateLogger<FolderWatcher>()))];

        ISource Open(string name, SourceOptions source) =>
            source.DropFolder is not null ? new DropSource(name, source, (plugin, content) => DroppedBuilds.IsKept(artifacts, plugin, content), source.Signatures.RequireSigned ? new SignatureCheck(source.Signatures, processes) : null, time)
            : source.WorkingTree ? new WorkingTreeSource(name, source, data.Source(name), time)
            : new Source(name, source, data.Source(name), activities, processes, time, loggers.CreateLogger<Source>());
    }

    public IReadOnlyList<SourceInfo> Infos => [.. _watchers.Values.Select(watcher => watcher.Info)];

    /// <summary>Whether any source has to be built: a host that has only drops needs no SDK.</summary>
    public bool BuildAnything => _sources.Exists(source => source.Kind != SourceKind.Drops);

    /// <summary>Ends when each source's first tip is deployed, or there was none to be had.</summary>
    public Task FirstDeploymentsEnded => Task.WhenAll(_watchers.Values.Select(watcher => watcher.FirstDeploymentEnded));

    public SourceWatcher Get(string name) => _watchers.GetValueOrDefault(name) ?? throw new NotFoundException("source", name);

    public void Start(CancellationToken cancellationToken) =>
        _running = Task.WhenAll([
            .. _watchers.Values.Select(watcher => watcher.RunAsync(cancellationToken)),
            .. _folders.Select(watcher => watcher.RunAsync(cancellationToken)),
        ]);

    /// <summary>Ends when no watcher is at work any more.</summary>
    public async Task StoppedAsync()
    {
        try
        {
            await _running;
        }
        catch (OperationCanceledException)
        {
            // That is how they stop.
        }
    }

    public void Dispose() => _sources.ForEach(source => source.Dispose());
}
