using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using PluginHost.AspNetCore.Access;
using PluginHost.AspNetCore.Api;
using PluginHost.AspNetCore.Hooks;
using PluginHost.AspNetCore.Pages;

namespace PluginHost.AspNetCore;

/// <summary>Everything that answers, from where the host is mounted.</summary>
internal static class PluginHostRoutes
{
    public static void MapAll(this IEndpointRouteBuilder routes)
    {
        var declared = routes.MapDeclared();
        var api = declared.MapGroup("/api/v1");
        api.AddEndpointFilter(AuditTrail.WriteAsync);
        api.MapStatus();
        api.MapScripts();
        api.MapSchedules();
        api.MapRuns();
        api.MapOccurrences();
        api.MapPlugins();
        api.MapDeployments();
        api.MapBuildLogs();
        api.MapEvents();
        api.MapAudit();
        api.MapHooks();
        declared.MapHealth();
        declared.MapMetricsText();
        declared.MapOpenApiDocument();
        declared.MapGroup("").ExcludeFromDescription().MapPages();
    }
}
