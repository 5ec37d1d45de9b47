using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace PluginHost.AspNetCore.Api;

internal static class DeploymentsEndpoints
{
    private const double DefaultWaitSeconds = 60;
    private const double LongestWaitSeconds = 600;

    public static void MapDeployments(this IEndpointRouteBuilder api)
    {
        api.MapGet("/deployments", async (IPluginHost host, int? limit, string? after, CancellationToken cancellationToken) =>
        {
            var page = await host.GetDeploymentsAsync(limit ?? 50, after, cancellationToken);
            return ApiJson.List(page.Items, page.Next);
        });
        api.MapGet("/deployments/{id}", async (string id, IPluginHost host, CancellationToken cancellationToken) =>
            ApiJson.Ok(await host.GetDeploymentAsync(id, cancellationToken)));
        api.MapPost("/sources/{name}/sync", async (string name, IPluginHost host, double? wait, CancellationToken cancellationToken) =>
            ApiJson.Ok(await host.SyncAsync(name, TimeSpan.FromSeconds(Math.Clamp(wait ?? DefaultWaitSeconds, 0, LongestWaitSeconds)), cancellationToken)));
    }
}
