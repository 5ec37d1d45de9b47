using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace PluginHost.AspNetCore;

/// <summary>How a plugin host is, as a health check.</summary>
internal sealed class PluginHostHealthCheck(IPluginHost host) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken)
    {
        var status = host.GetStatus();
        var data = new Dictionary<string, object>
        {
            ["plugins"] = status.Counts.Plugins,
            ["scripts"] = status.Counts.Scripts,
            ["runningRuns"] = status.Counts.RunningRuns,
            ["queuedRuns"] = status.Counts.QueuedRuns,
            ["pluginProblems"] = status.Counts.Problems,
            ["leakedContexts"] = status.LeakedContexts,
        };
        return Task.FromResult(status.State switch
        {
            HostState.Starting => new HealthCheckResult(context.Registration.FailureStatus, "The plugins are being loaded for the first time since the start.", data: data),
            HostState.Degraded => HealthCheckResult.Degraded(Reasons(status), data: data),
            _ => HealthCheckResult.Healthy("Everything that is wanted is live.", data),
        });
    }

    private static string Reasons(HostStatus status) => string.Join(" ",
    [
        .. status.Counts.Problems > 0 ? [$"{status.Counts.Problems} plugins have a problem."] : Array.Empty<string>(),
        .. status.Sources.Where(source => source.Error is not null).Select(source => $"Source '{source.Name}' failed its last check."),
        .. status.LeakedContexts > 0 ? [$"{status.LeakedContexts} unloaded versions stay in memory."] : Array.Empty<string>(),
        .. status.Problems,
    ]);
}
