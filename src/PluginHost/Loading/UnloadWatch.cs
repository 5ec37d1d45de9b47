using System.Threading.Channels;
using McMaster.NETCore.Plugins;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PluginHost.Artifacts;
using PluginHost.Hosting;

namespace PluginHost.Loading;

/// <summary>Unloads versions, and sees whether they really leave memory.</summary>
/// <remarks>
/// Works on a loop of its own: unloading as a continuation of a script's task would stand on the script's stack, which
/// by itself keeps the version in memory. Correctness never depends on a version leaving.
/// </remarks>
internal sealed partial class UnloadWatch(
    HostEvents events, IOptions<PluginHostOptions> options, TimeProvider time, ILogger<UnloadWatch> logger) : BackgroundService
{
    // After so many full collections a context that could leave has left: two are enough, three with finalizers.
    private const int CollectionsAllowed = 4;
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(5);

    private readonly Channel<PendingUnload> _queue = Channel.CreateUnbounded<PendingUnload>(new() { SingleReader = true });
    private readonly Lock _lock = new();
    private readonly List<UnloadedVersion> _watched = [];

    /// <summary>Versions that were unloaded and stay in memory, by plugin id.</summary>
    public IReadOnlyList<(string PluginId, LeakedVersion Version)> Leaked
    {
        get
        {
            lock (_lock)
            {
                return [.. _watched.Where(version => version.IsLeaked).Select(version => (version.PluginId, new LeakedVersion(version.Version, version.Since, LeakReason)))];
            }
        }
    }

    private const string LeakReason =
        "Something outside the plugin still holds it: a timer or thread that the plugin left running, an event of the host or of the runtime that it subscribed to, or a cache of a library.";

    public void Unload(PluginArtifact artifact, PluginLoader loader) =>
        _queue.Writer.TryWrite(new PendingUnload(artifact.PluginId, artifact.Version, loader));

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
                UnloadQueued();
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

    private void UnloadQueued()
    {
        while (_queue.Reader.TryRead(out var pending))
        {
            var unloaded = pending.Unload(time.GetUtcNow());
            if (options.Value.Load.ClearRuntimeCaches)
            {
                RuntimeCaches.Clear();
            }

            LogUnloaded(pending.PluginId, pending.Version);
            lock (_lock)
            {
                _watched.Add(unloaded);
            }
        }
    }

    private void Look()
    {
        List<UnloadedVersion> leaked = [];
        lock (_lock)
        {
            _watched.RemoveAll(version => !version.IsAlive);
            leaked.AddRange(_watched.Where(version => version.LeaksNow(CollectionsAllowed)));
        }

        foreach (var version in leaked)
        {
            LogLeaked(version.PluginId, version.Version);
            events.Publish(HostEventKind.Plugin, version.PluginId);
        }
    }

    [LoggerMessage(EventId = 510, Level = LogLevel.Debug, Message = "Version '{Version}' of plugin '{PluginId}' was unloaded.")]
    private partial void LogUnloaded(string pluginId, string version);

    [LoggerMessage(EventId = 511, Level = LogLevel.Warning, Message = "Version '{Version}' of plugin '{PluginId}' was unloaded and stays in memory: something outside it still holds it.")]
    private partial void LogLeaked(string pluginId, string version);
}
