using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using PluginHost.AspNetCore;

namespace PluginHost;

/// <summary>Adds a plugin host to the health checks of an application.</summary>
public static class PluginHostHealthChecksBuilderExtensions
{
    /// <summary>
    /// Adds a check of the plugin host: unhealthy until the first load has ended, degraded while something needs attention
    /// (a rejected build, a source out of reach, a problem of the host itself), else healthy.
    /// </summary>
    /// <param name="builder">What <c>AddHealthChecks</c> answers.</param>
    /// <param name="name">The name of the check.</param>
    /// <param name="failureStatus">What it is until the first load has ended. The default, null, is unhealthy.</param>
    /// <param name="tags">Tags of the check, to tell by which probes it is asked.</param>
    /// <returns>The builder.</returns>
    /// <remarks>
    /// Degraded is no reason to take an instance out of service: scripts run, if need be on their last good version.
    /// ASP.NET Core answers it with 200, unless the application says otherwise.
    /// </remarks>
    public static IHealthChecksBuilder AddPluginHost(this IHealthChecksBuilder builder, string name = "pluginhost", HealthStatus? failureStatus = null, IEnumerable<string>? tags = null) =>
        builder.Add(new HealthCheckRegistration(name, services => new PluginHostHealthCheck(services.GetRequiredService<IPluginHost>()), failureStatus, tags));
}
