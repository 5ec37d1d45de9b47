using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using PluginHost.AspNetCore.Access;

namespace PluginHost.AspNetCore.Api;

internal static class StatusEndpoints
{
    public static void MapStatus(this IEndpointRouteBuilder api)
    {
        api.MapGet("/status", (IPluginHost host) => ApiJson.Ok(host.GetStatus()))
            .WithSummary("The host at a glance.");
        api.MapGet("/host", (IPluginHost host) => ApiJson.Ok(host.GetDetails()))
            .WithSummary("What the host is made of at present, and how it is set up.")
            .WithDescription("Its build servers, the versions of plugins in memory, and the settings in force; of what is secret only whether it is set.");
        api.MapGet("/nodes", async (IPluginHost host, CancellationToken cancellationToken) => ApiJson.List(await host.GetNodesAsync(cancellationToken)))
            .WithSummary("The nodes of the cluster.")
            .WithDescription("What each said of itself when it last checked in; a host that is alone is the only one.");
        api.MapPost("/nodes/{id}/drain", async (string id, IPluginHost host, CancellationToken cancellationToken) =>
            ApiJson.Ok(await host.DrainNodeAsync(id, cancellationToken)))
            .WithSummary("Keeps a node of the cluster from new runs, as before its upgrade; it finishes those that it has.")
            .WithDescription("It takes effect within a second, and holds until it is undone, also when the node is started again meanwhile.")
            .Refuses(403, 404, 409);
        api.MapDelete("/nodes/{id}/drain", async (string id, IPluginHost host, CancellationToken cancellationToken) =>
            ApiJson.Ok(await host.UndrainNodeAsync(id, cancellationToken)))
            .WithSummary("Lets a node that was drained have runs again. Does nothing when it was not.").Refuses(403, 404, 409);
        api.MapDelete("/safe-mode", async (IPluginHost host, CancellationToken cancellationToken) =>
            ApiJson.Ok(await host.LeaveSafeModeAsync(cancellationToken)))
            .WithSummary("Lets the host start scripts by itself again; what was missed in safe mode is caught up as each schedule says.").Refuses(403);
    }

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", () => ApiJson.Ok(new Liveness("live")))
            .WithSummary("Whether the process answers.");
        routes.MapGet("/health/ready", async (HttpContext context, IPluginHost host) =>
        {
            // A rejected build is degraded, not unhealthy: the older code runs.
            var status = host.GetStatus();

            // Anybody may probe; why something is wrong is for those who may look.
            var maySee = await Caller.Of(context).MayAsync(Need.Viewer);
            return ApiJson.Status(
                new Readiness(status.State, status.Counts, maySee ? [.. status.Sources.Where(source => source.Error is not null)] : [], maySee ? status.Problems : []),
                status.State == HostState.Starting ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK);
        })
            .WithSummary("Whether the first load has ended.")
            .WithDescription("Which sources and what else have a problem is told to those who may look at the host.")
            .Produces<Readiness>(StatusCodes.Status200OK, "application/json")
            .Produces<Readiness>(StatusCodes.Status503ServiceUnavailable, "application/json");
    }

    /// <summary>The process answers.</summary>
    /// <param name="Status">Always live.</param>
    internal sealed record Liveness(string Status);

    /// <summary>Whether the host is ready.</summary>
    /// <param name="Status">Starting until the first load has ended.</param>
    /// <param name="Counts">How many of each thing there are.</param>
    /// <param name="Sources">The sources whose last check failed.</param>
    /// <param name="Problems">What is wrong with the host itself, as sentences.</param>
    internal sealed record Readiness(HostState Status, HostCounts Counts, IReadOnlyList<SourceInfo> Sources, IReadOnlyList<string> Problems);
}
