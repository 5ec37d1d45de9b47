using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PluginHost.Hosting;
using PluginHost.Loading;
using PluginHost.Processes;
using PluginHost.Swapping;

namespace PluginHost.Isolation;

/// <summary>The worker processes of all versions. Disposing of it ends them.</summary>
internal sealed partial class Workers : IDisposable
{
    private readonly ConcurrentDictionary<PluginVersion, VersionWorkers> _versions = new();
    private readonly LiveRegistry _live;
    private readonly DrainingVersions _draining;
    private readonly ChildProcess _processes;
    private readonly WorkerCommand _command;
    private readonly WorkerLimits _limits;
    private readonly SharedAssemblies _shared;
    private readonly DataDirectory _data;
    private readonly PluginHostOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<Workers> _logger;
    private volatile bool _disposed;

    public Workers(
        LiveRegistry live, DrainingVersions draining, ChildProcess processes, WorkerCommand command, WorkerLimits limits, SharedAssemblies shared,
        DataDirectory data, IOptions<PluginHostOptions> options, TimeProvider time, ILogger<Workers> logger)
    {
        (_live, _draining, _processes, _command, _limits, _shared) = (live, draining, processes, command, limits, shared);
        (_data, _options, _time, _logger) = (data, options.Value, time, logger);
        if (!_options.Isolation.WorkerPerRun)
        {
            _live.Swapped += KeepWarm;
        }

        _draining.Left += StopSoon;
        ClearFolders();
    }

    /// <summary>A place in a worker of a version, of which the caller holds a lease.</summary>
    /// <exception cref="WorkerException">No worker can be started.</exception>
    public Task<WorkerPlace> EnterAsync(PluginVersion version, CancellationToken cancellationToken) => Of(version).EnterAsync(cancellationToken);

    public void Dispose()
    {
        _disposed = true;
        _live.Swapped -= KeepWarm;
        _draining.Left -= StopSoon;
        foreach (var version in _versions.Keys)
        {
            Stop(version);
        }

        _limits.Dispose();
    }

    private VersionWorkers Of(PluginVersion version)
    {
        var workers = _versions.GetOrAdd(version, added => new VersionWorkers(added, StartAsync, _options.Isolation, _time));
        if (_disposed)
        {
            // Looked at once it is among those that are stopped, so that it gets through neither way.
            Stop(version);
        }

        return workers;
    }

    /// <summary>Not on this thread, which may be the one that swaps.</summary>
    private void StopSoon(PluginVersion version)
    {
        if (_versions.ContainsKey(version))
        {
            _ = Task.Run(() => Stop(version));
        }
    }

    private void Stop(PluginVersion version)
    {
        if (_versions.TryRemove(version, out var workers))
        {
            workers.Stop(_disposed ? "the host is stopping" : "its version was replaced and is gone");
        }
    }

    /// <summary>A version that takes over from one with a worker gets its own at once, so that the next run does not wait for it.</summary>
    private void KeepWarm(LiveSnapshot before, LiveSnapshot after)
    {
        foreach (var plugin in after.Plugins.Values)
        {
            if (before.Plugins.GetValueOrDefault(plugin.Id) is { } replaced && replaced.Version != plugin.Version
                && _versions.TryGetValue(replaced.Version, out var workers) && workers.IsWarm
                && plugin.Version.Scripts.Any(script => script.Isolation == ScriptIsolation.Process))
            {
                _ = Task.Run(() => WarmAsync(plugin.Version));
            }
        }
    }

    private async Task WarmAsync(PluginVersion version)
    {
        try
        {
            var entered = Of(version).EnterAsync(CancellationToken.None);

            // If it has been replaced meanwhile, nobody else tells its workers to stop.
            using (var lease = version.TryLease())
            {
                if (lease is null)
                {
                    Stop(version);
                }
            }

            (await entered).Dispose();
        }
        catch (WorkerException failure)
        {
            LogNotWarm(version.Id, version.PluginId, failure.Message);
        }
    }

    private async Task<WorkerProcess> StartAsync(PluginVersion version)
    {
        var artifact = version.Artifact;
        var started = _time.GetTimestamp();
        var folder = Directory.CreateDirectory(Path.Combine(_data.Workers, Guid.NewGuid().ToString("n"))).FullName;
        var output = new ErrorOutput();
        WorkerProcess? worker = null;
        try
        {
            var process = _processes.StartPiped(_command.Create(folder), output.Add);
            var limits = _limits.Apply(process.Id);
            worker = new WorkerProcess(version, process, output, _options.Isolation, _time, _logger);
            _ = worker.Ended.ContinueWith(_ => CleanUp(folder, limits), TaskScheduler.Default);
            using var limit = new CancellationTokenSource(_options.Isolation.StartTimeout, _time);
            await worker.LoadAsync(
                new LoadPlugin(
                    artifact.PluginId, artifact.AssemblyPath, [.. _shared.Names.Select(name => name.Name!)], _options.Runs.CaptureConsole,
                    _options.Runs.MaxResultBytes, _options.Runs.MaxStateValueBytes),
                limit.Token);
            LogStarted(worker.Id, version.Id, version.PluginId, (long)_time.GetElapsedTime(started).TotalMilliseconds);
            return worker;
        }
        catch (OperationCanceledException)
        {
            worker?.End("it took too long to start");
            throw new WorkerException(
                WorkerException.NotStarted,
                $"The worker process for version {version.Id} of {version.PluginId} had not loaded it after {_options.Isolation.StartTimeout} (PluginHost:Isolation:StartTimeout), and was ended. Look for a static or module initializer that waits.",
                output.ToString());
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new WorkerException(WorkerException.NotStarted, $"The worker process for version {version.Id} of {version.PluginId} cannot be started: {failure.Message}", output.ToString());
        }
        finally
        {
            if (worker is null)
            {
                CleanUp(folder, null);
            }
        }
    }

    /// <summary>What a host left behind that was killed.</summary>
    private void ClearFolders()
    {
        if (Directory.Exists(_data.Workers))
        {
            CleanUp(_data.Workers, null);
        }
    }

    private static void CleanUp(string folder, IDisposable? limits)
    {
        limits?.Dispose();
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Something in it is still open; the next start of the host tries again.
        }
    }

    [LoggerMessage(EventId = 740, Level = LogLevel.Information, Message = "Worker process {ProcessId} runs the isolated scripts of version '{Version}' of plugin '{PluginId}', started in {DurationMs} ms.")]
    private partial void LogStarted(int processId, string version, string pluginId, long durationMs);

    [LoggerMessage(EventId = 723, Level = LogLevel.Warning, Message = "Version '{Version}' of plugin '{PluginId}' has no worker process yet: {Reason}")]
    private partial void LogNotWarm(string version, string pluginId, string reason);
}
