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
    }
}
