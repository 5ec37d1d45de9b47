using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace PluginHost.AspNetCore.Api;

internal static class PluginsEndpoints
{
    public static void MapPlugins(this IEndpointRouteBuilder api)
    {
        api.MapGet("/plugins", (IPluginHost host) => ApiJson.List(host.GetPlugins()));
        api.MapGet("/plugins/{id}", (string id, IPluginHost host) => ApiJson.Ok(host.GetPlugin(id)));
        api.MapGet("/plugins/{id}/versions", (string id, IPluginHost host) => ApiJson.List(host.GetVersions(id)));
    }
}
