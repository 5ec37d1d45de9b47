using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PluginHost.Running;
using PluginHost.Swapping;

namespace PluginHost.Pipeline;

/// <summary>Cancels the runs that keep a version waiting for its place, when the operator set a limit.</summary>
internal sealed partial class DrainLimit(RunService runs, IOptions<PluginHostOptions> options, TimeProvider time, ILogger<DrainLimit> logger)
{
    private readonly ConcurrentDictionary<PluginVersion, ITimer> _timers = new();

    /// <summary>From now on the version has only so long.</summary>
    public void Start(PluginVersion version)
    {
        if (options.Value.Load.DrainTimeout is { } limit)
        {
            _timers.GetOrAdd(version, _ => time.CreateTimer(_ => Cancel(version), null, limit, Timeout.InfiniteTimeSpan));
        }
    }

    private void Cancel(PluginVersion version)
    {
        if (_timers.TryRemove(version, out var timer))
        {
            timer.Dispose();
        }

        LogCancelling(version.ActiveRuns, version.Id, version.PluginId);
        runs.CancelRunsOn(version.PluginId, version.Id);
    }

    [LoggerMessage(EventId = 505, Level = LogLevel.Warning, Message = "{RunCount} runs on version '{Version}' of plugin '{PluginId}' are cancelled: a newer version has waited for the drain timeout.")]
    private partial void LogCancelling(int runCount, string version, string pluginId);
}
