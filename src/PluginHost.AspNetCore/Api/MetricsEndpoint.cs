using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Prometheus;

namespace PluginHost.AspNetCore.Api;

/// <summary>Prometheus text of what the host measures.</summary>
internal static class MetricsEndpoint
{
    // One for the process, as its meters are: a second mount shows the same, and listens no second time.
    private static readonly Lazy<CollectorRegistry> Registry = new(Listen);

    public static void MapMetricsText(this IEndpointRouteBuilder routes)
    {
        // Not at the first scrape: what was counted before would be missing.
        var registry = Registry.Value;
        routes.MapGet("/metrics", (CancellationToken cancellationToken) => Results.Stream(
                body => registry.CollectAndExportAsTextAsync(body, cancellationToken), "text/plain; version=0.0.4; charset=utf-8"))
            .WithSummary("What the host measures, as Prometheus text.")
            .Produces<string>(StatusCodes.Status200OK, "text/plain");
    }

    private static CollectorRegistry Listen()
    {
        var registry = Metrics.NewCustomRegistry();
        MeterAdapter.StartListening(new MeterAdapterOptions
        {
            Registry = registry,
            MetricFactory = Metrics.WithCustomRegistry(registry),

            // The application's own meters are its own business.
            InstrumentFilterPredicate = instrument => instrument.Meter.Name == "PluginHost",
        });
        DotNetStats.Register(registry);
        return registry;
    }
}
