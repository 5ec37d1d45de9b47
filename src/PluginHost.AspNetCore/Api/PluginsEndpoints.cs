using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace PluginHost.AspNetCore.Api;

internal static class PluginsEndpoints
{
    public static void MapPlugins(this IEndpointRouteBuilder api)
    {
        api.MapGet("/plugins", (IPluginHost host) => ApiJson.List(host.GetPlugins()))
            .WithSummary("Every plugin.");
        api.MapGet("/plugins/{id}", (string id, IPluginHost host) => ApiJson.Ok(host.GetPlugin(id)))
            .WithSummary("One plugin.").Refuses(404);
        api.MapGet("/plugins/{id}/versions", (string id, IPluginHost host) => ApiJson.List(host.GetVersions(id)))
            .WithSummary("The versions of a plugin that the host keeps, newest first.").Refuses(404);
        api.MapGet("/plugins/{id}/versions/{version}/source", async (string id, string version, IPluginHost host, CancellationToken cancellationToken) =>
            ApiJson.List(await host.GetSourceAsync(id, version, cancellationToken)))
            .WithSummary("The files that went into the build of a version, as they are in its commit.")
            .WithDescription("Those of its project first. A few hundred files and a million characters at most; 'note' says where something is left out.")
            .Refuses(404);
        api.MapGet("/plugins/{id}/versions/{version}/changes", async (string id, string version, string? against, IPluginHost host, CancellationToken cancellationToken) =>
            ApiJson.Ok(await host.CompareVersionsAsync(id, version, string.IsNullOrEmpty(against) ? null : against, cancellationToken)))
            .WithSummary("What differs between two versions of a plugin in the files that go into their builds.")
            .WithDescription("'against' is the version it is compared with; without it, it is the one that was built before. Differences are written as git writes them.")
            .Refuses(404);
        api.MapPost("/plugins/{id}/rollback", async (string id, HttpContext context, IPluginHost host, CancellationToken cancellationToken) =>
        {
            var body = await RequestBody.ReadAsync<RollbackBody>(context.Request, RollbackBody.Example, cancellationToken);
            return ApiJson.Ok(await host.RollBackAsync(id, body?.Version, context.User.Identity?.Name, cancellationToken));
        })
            .WithSummary("Makes a kept version of a plugin live and pins the plugin to it: commits do not change it until it is unpinned.")
            .WithDescription("Without a version it is the one that was live before. When the version cannot go live, nothing is changed.")
            .Accepts<RollbackBody>(isOptional: true, "application/json")
            .Refuses(400, 403, 404, 409, 413, 415);
        api.MapPost("/plugins/{id}/leaks/{version}/roots", async (string id, string version, IPluginHost host, CancellationToken cancellationToken) =>
            ApiJson.Ok(await host.ExplainLeakAsync(id, version, cancellationToken)))
            .WithSummary("Finds what holds an unloaded version in memory.")
            .WithDescription("The host is looked into from another process and stands still meanwhile: a second, or more where much is in memory.")
            .Refuses(403, 404, 409);
        api.MapDelete("/plugins/{id}/pin", async (string id, IPluginHost host, CancellationToken cancellationToken) =>
            ApiJson.Ok(await host.UnpinAsync(id, cancellationToken)))
            .WithSummary("Lets a plugin follow its branch again. Does nothing when it is not pinned.").Refuses(403, 404, 409);
    }
}
