using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace PluginHost.AspNetCore.Api;

internal static class DeploymentsEndpoints
{
    private static readonly TimeSpan DefaultWait = TimeSpan.FromSeconds(60);

    public static void MapDeployments(this IEndpointRouteBuilder api)
    {
        api.MapGet("/deployments", async (IPluginHost host, Limit? limit, string? after, CancellationToken cancellationToken) =>
            ApiJson.Ok(await host.GetDeploymentsAsync(limit?.Value ?? Limit.Default, string.IsNullOrEmpty(after) ? null : after, cancellationToken)))
            .WithSummary("Deployments, newest first.").Refuses(400);
        api.MapGet("/deployments/{id}", async (string id, IPluginHost host, CancellationToken cancellationToken) =>
            ApiJson.Ok(await host.GetDeploymentAsync(id, cancellationToken)))
            .WithSummary("The receipt of one commit.").Refuses(404);
        api.MapPost("/sources/{name}/sync", async (string name, IPluginHost host, IHostApplicationLifetime application, Wait? wait, CommitId? accept, CancellationToken cancellationToken) =>
            ApiJson.Ok(await HostStopping.WaitAsync(
                token => host.SyncAsync(name, wait?.Value ?? DefaultWait, accept?.Value, token),
                () => throw new ConflictException("The host is stopping; ask again when it is back."),
                application.ApplicationStopping,
                cancellationToken)))
            .WithSummary("Looks at a source now and deploys its tip if it is new.")
            .WithDescription("The deployment of the tip, finished unless 'wait' was over before; the last one when the tip is live already. Without 'wait' it waits 60 seconds. 'accept' is the commit to take although it does not descend from the one before it, where the source refuses a rewritten history.")
            .Refuses(400, 403, 404, 409);
    }
}
