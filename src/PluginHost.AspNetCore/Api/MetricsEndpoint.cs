using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Prometheus;

namespace PluginHost.AspNetCore.Api;

/// <summary>Prometheus text of what the host measures.</summary>
internal static class MetricsEndpoint
{
    public static void MapMetricsText(this IEndpointRouteBuilder routes)
    {
        // Not at the first scrape: what was counted before would be missing.
        var registry = Listen(routes.ServiceProvider);
        routes.MapGet("/metrics", (CancellationToken cancellationToken) => Results.Stream(
                body => registry.CollectAndExportAsTextAsync(body, cancellationToken), "text/plain; version=0.0.4; charset=utf-8"))
            .WithSummary("What the host measures, as Prometheus text.")
            .Produces<string>(StatusCodes.Status200OK, "text/plain");
    }

    private static CollectorRegistry Listen(IServiceProvider services)
    {
        var registry = Metrics.NewCustomRegistry();
        var meters = new PrometheusMeters(registry, services.GetRequiredService<IMeterFactory>());
        services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopped.Register(meters.Dispose);
        DotNetStats.Register(registry);
        return registry;
    }
}
