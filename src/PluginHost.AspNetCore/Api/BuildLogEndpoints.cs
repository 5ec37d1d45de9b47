using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace PluginHost.AspNetCore.Api;

internal static class BuildLogEndpoints
{
    private const string Any = "application/octet-stream";

    public static void MapBuildLogs(this IEndpointRouteBuilder api)
    {
        api.MapGet("/deployments/{id}/logs", async (string id, IPluginHost host, CancellationToken cancellationToken) =>
            ApiJson.List(await host.GetBuildLogsAsync(id, cancellationToken)))
            .WithSummary("The logs of the build of a deployment's commit.")
            .WithDescription("Those of its last build on this node; none where nothing was built, or they are no longer kept.")
            .Refuses(404);
        api.MapGet("/deployments/{id}/log", async (string id, IPluginHost host, CancellationToken cancellationToken) =>
            Stream(await host.OpenBuildLogAsync(id, BuildLogKind.Text, cancellationToken), "text/plain; charset=utf-8", null))
            .WithSummary("What 'dotnet build' wrote.")
            .Produces<string>(StatusCodes.Status200OK, "text/plain")
            .Refuses(404);
        api.MapGet("/deployments/{id}/binlog", async (string id, IPluginHost host, CancellationToken cancellationToken) =>
            Stream(await host.OpenBuildLogAsync(id, BuildLogKind.Binary, cancellationToken), Any, $"{id}.binlog"))
            .WithSummary("MSBuild's binary log of the build.")
            .WithDescription("For MSBuild Structured Log Viewer. It holds environment variables that the build has read, so it is for operators.")
            .Produces<Stream>(StatusCodes.Status200OK, Any)
            .Refuses(403, 404);
    }

    // Without a length: the build may still be writing it.
    private static IResult Stream(Stream log, string contentType, string? name) => Results.Stream(
        async body =>
        {
            await using (log)
            {
                await log.CopyToAsync(body);
            }
        },
        contentType,
        name);
}
