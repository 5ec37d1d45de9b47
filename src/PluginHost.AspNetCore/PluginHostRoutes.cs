using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using PluginHost.AspNetCore.Api;
using PluginHost.AspNetCore.Pages;

namespace PluginHost.AspNetCore;

/// <summary>Everything that answers, from where the host is mounted.</summary>
internal static class PluginHostRoutes
{
    public static void MapAll(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/v1");
        api.MapStatus();
        api.MapScripts();
        api.MapSchedules();
        api.MapRuns();
        api.MapOccurrences();
        api.MapPlugins();
        api.MapDeployments();
        api.MapEvents();
        routes.MapHealth();
        routes.MapMetricsText();
        routes.MapOpenApiDocument();
        routes.MapGroup("").ExcludeFromDescription().MapPages();
    }
}
