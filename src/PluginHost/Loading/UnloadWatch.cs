using System.Threading.Channels;
using McMaster.NETCore.Plugins;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PluginHost.Artifacts;
using PluginHost.Scripts;

namespace PluginHost.Loading;

/// <summary>Unloads versions, and sees whether they really leave memory.</summary>
/// <remarks>
/// Works on a loop of its own: unloading as a continuation of a script's task would stand on the script's stack, which
/// by itself keeps the version in memory. Correctness never depends on a version leaving.
/// </remarks>
internal sealed partial class UnloadWatch(
    LeakedVersions leaked, IOptions<PluginHostOptions> options, TimeProvider time, ILogger<UnloadWatch> logger) : BackgroundService
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(2);

    private readonly Channel<PendingUnload> _queue = Channel.CreateUnbounded<PendingUnload>(new() { SingleReader = true });

    /// <summary>Unloads a version that holds no run any more.</summary>
    public void Unload(LoadedPlugin plugin) => Unload(plugin.Artifact, plugin.Loader, plugin.Services);

    /// <summary>Unloads a version that did not come to be one.</summary>
    public void Unload(PluginArtifact artifact, PluginLoader loader, VersionServices? services) =>
        _queue.Writer.TryWrite(new PendingUnload(artifact, loader, services));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookInterval, time);
        var look = timer.WaitForNextTickAsync(stoppingToken).AsTask();
        var next = _queue.Reader.WaitToReadAsync(stoppingToken).AsTask();
        while (!stoppingToken.IsCancellationRequested)
        {
            var done = await Task.WhenAny(look, next);
            if (done == next)
            {
                await next;
                await UnloadQueuedAsync();
                next = _queue.Reader.WaitToReadAsync(stoppingToken).AsTask();
            }
            else
            {
                await look;
                Look();
                look = timer.WaitForNextTickAsync(stoppingToken).AsTask();
            }
        }
    }

    private async Task UnloadQueuedAsync()
    {
        var queued = new List<PendingUnload>();
        while (_queue.Reader.TryRead(out var pending))
        {
            queued.Add(pending);
        }

        // Together, so that those that hang share one wait. After it nothing of a plugin is on this stack.
        var failures = await Task.WhenAll(queued.Select(pending => pending.CloseAsync(options.Value.Unload.DisposeTimeout, time)));
        await Task.Yield();
        foreach (var (pending, failure) in queued.Zip(failures))
        {
            if (failure is not null)
            {
                LogNotDisposed(pending.PluginId, pending.Version, failure);
            }

            leaked.Watch(pending.Unload(time.GetUtcNow()));
            LogUnloaded(pending.PluginId, pending.Version);
        }

        if (options.Value.Unload.ClearCaches)
        {
            RuntimeCaches.Clear();
        }
    }

    private void Look()
    {
        leaked.Look();
        if (options.Value.Unload.Collect is not CollectMode.Never and var how && leaked.AnyPending)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: how == CollectMode.Blocking);
        }
    }

    [LoggerMessage(EventId = 513, Level = LogLevel.Debug, Message = "Version '{Version}' of plugin '{PluginId}' was unloaded.")]
    private partial void LogUnloaded(string pluginId, string version);

    [LoggerMessage(EventId = 512, Level = LogLevel.Warning, Message = "Version '{Version}' of plugin '{PluginId}' is unloaded, and ending what its scripts had left open failed: {Failure}")]
    private partial void LogNotDisposed(string pluginId, string version, string failure);
}
