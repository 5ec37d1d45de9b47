using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PluginHost.Hosting;
using PluginHost.Processes;
using PluginHost.Sources;

namespace PluginHost.Pipeline;

/// <summary>The watchers of all configured sources.</summary>
internal sealed class SourceWatchers : IDisposable
{
    private readonly List<ISource> _sources;
    private readonly Dictionary<string, SourceWatcher> _watchers;
    private readonly List<WorkingTreeWatcher> _workingTrees;
    private Task _running = Task.CompletedTask;

    public SourceWatchers(
        IOptions<PluginHostOptions> options, DataDirectory data, DeploymentQueue queue, HostActivities activities,
        HostEvents events, ChildProcess processes, TimeProvider time, ILoggerFactory loggers)
    {
        _sources = [.. options.Value.Sources.Select(source => (ISource)(source.Value.WorkingTree
            ? new WorkingTreeSource(source.Key, source.Value, data.Source(source.Key), time)
            : new Source(source.Key, source.Value, data.Source(source.Key), activities, processes, time, loggers.CreateLogger<Source>())))];
        _watchers = _sources.ToDictionary(
            source => source.Name,
            source => new SourceWatcher(source, options.Value.Sources[source.Name].Poll, queue, events, time, loggers.CreateLogger<SourceWatcher>()),
            StringComparer.OrdinalIgnoreCase);
        _workingTrees = [.. _sources.OfType<WorkingTreeSource>().Select(source => new WorkingTreeWatcher(
            source, data.Root, _watchers[source.Name], time, loggers.CreateLogger<WorkingTreeWatcher>()))];
    }

    public IReadOnlyList<SourceInfo> Infos => [.. _watchers.Values.Select(watcher => watcher.Info)];

    /// <summary>Ends when each source's first tip is deployed, or there was none to be had.</summary>
    public Task FirstDeploymentsEnded => Task.WhenAll(_watchers.Values.Select(watcher => watcher.FirstDeploymentEnded));

    public SourceWatcher Get(string name) => _watchers.GetValueOrDefault(name) ?? throw new NotFoundException("source", name);

    public void Start(CancellationToken cancellationToken) =>
        _running = Task.WhenAll([
            .. _watchers.Values.Select(watcher => watcher.RunAsync(cancellationToken)),
            .. _workingTrees.Select(watcher => watcher.RunAsync(cancellationToken)),
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
