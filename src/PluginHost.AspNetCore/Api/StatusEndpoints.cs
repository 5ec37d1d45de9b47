using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace PluginHost.AspNetCore.Api;

internal static class StatusEndpoints
{
    public static void MapStatus(this IEndpointRouteBuilder api) =>
        api.MapGet("/status", (IPluginHost host) => ApiJson.Ok(host.GetStatus())).WithSummary("The host at a glance.");

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", () => ApiJson.Ok(new { Status = "live" }));
        routes.MapGet("/health/ready", (IPluginHost host) =>
        {
            var status = host.GetStatus();

            // A rejected build is degraded, not unhealthy: the older code runs.
            return Results.Json(
                new { Status = status.State, status.Counts, Sources = status.Sources.Where(source => source.Error is not null) },
                ApiJson.Options,
                statusCode: status.State == HostState.Starting ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK);
        });
    }
}
