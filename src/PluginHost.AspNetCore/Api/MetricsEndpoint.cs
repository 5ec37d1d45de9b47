using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Prometheus;

namespace PluginHost.AspNetCore.Api;

internal static class MetricsEndpoint
{
    /// <summary>Prometheus text of what the host measures. The application's own meters are its own business.</summary>
    public static void MapMetricsText(this IEndpointRouteBuilder routes)
    {
        var registry = Metrics.NewCustomRegistry();
        MeterAdapter.StartListening(new MeterAdapterOptions
        {
            Registry = registry, MetricFactory = Metrics.WithCustomRegistry(registry), InstrumentFilterPredicate = instrument => instrument.Meter.Name == "PluginHost",
        });
        DotNetStats.Register(registry);
        routes.MapGet("/metrics", (CancellationToken cancellationToken) => Results.Stream(
                body => registry.CollectAndExportAsTextAsync(body, cancellationToken), "text/plain; version=0.0.4; charset=utf-8"))
            .WithSummary("What the host measures, as Prometheus text.")
            .Produces<string>(StatusCodes.Status200OK, "text/plain");
    }
}
