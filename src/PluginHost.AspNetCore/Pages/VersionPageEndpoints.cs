using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using static PluginHost.AspNetCore.Pages.PageRenderer;

namespace PluginHost.AspNetCore.Pages;

/// <summary>The page of a version: what it was built from, and what differs from another.</summary>
internal static class VersionPageEndpoints
{
    public static void MapVersionPages(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/plugins/{id}/versions/{version}", async (string id, string version, string? against, HttpContext context, IPluginHost host, CancellationToken cancellationToken) =>
        {
            var plugin = host.GetPlugin(id);
            var versions = host.GetVersions(plugin.Id);
            var shown = versions.FirstOrDefault(other => other.Version.Equals(version, StringComparison.OrdinalIgnoreCase)) ?? throw new NotFoundException("version", $"{plugin.Id} {version}");
            return await RenderAsync<VersionPage>(context, $"{plugin.Id} {shown.Version}", new()
            {
                ["Plugin"] = plugin.Id,
                ["Version"] = shown,
                ["Others"] = versions.Where(other => other.Version != shown.Version).ToArray(),
                ["Changes"] = await host.CompareVersionsAsync(plugin.Id, shown.Version, string.IsNullOrEmpty(against) ? null : against, cancellationToken),
                ["Source"] = await host.GetSourceAsync(plugin.Id, shown.Version, cancellationToken),
                ["Lines"] = await SourceLines.ReadAsync(host, plugin.Source, shown.Commit, shown.Warnings, cancellationToken),
            });
        });
        routes.MapGet("/scripts/{id}/source", async (string id, string? version, HttpContext context, IPluginHost host, CancellationToken cancellationToken) =>
        {
            var script = await host.GetScriptAsync(id, cancellationToken);
            return await RenderPartAsync<SourceFiles>(context, new() { ["Files"] = await host.GetSourceAsync(script.Plugin, string.IsNullOrEmpty(version) ? script.Live.Version : version, cancellationToken) });
        });
    }
}
