using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using static PluginHost.AspNetCore.Pages.PageRenderer;

namespace PluginHost.AspNetCore.Pages;

/// <summary>The pages. Assets/app.js renders them anew when something changes.</summary>
internal static class PageEndpoints
{
    public static void MapPages(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", async (HttpContext context, IPluginHost host, CancellationToken cancellationToken) =>
            await RenderAsync<ScriptsPage>(context, "Scripts", new()
            {
                ["Status"] = host.GetStatus(), ["Scripts"] = await host.GetScriptsAsync(cancellationToken), ["Plugins"] = host.GetPlugins(),
            }));
        routes.MapGet("/scripts/{id}", async (string id, HttpContext context, IPluginHost host, CancellationToken cancellationToken) =>
        {
            var script = await host.GetScriptAsync(id, cancellationToken);
            var runs = await host.GetRunsAsync(new RunQuery { Script = script.Id, Limit = 20 }, cancellationToken);
            return await RenderAsync<ScriptPage>(context, script.Id, new() { ["Script"] = script, ["Runs"] = runs.Items });
        });
        routes.MapGet("/runs", async (HttpContext context, IPluginHost host, string? after, CancellationToken cancellationToken) =>
            await RenderAsync<RunsPage>(context, "Runs", new() { ["Runs"] = await host.GetRunsAsync(new RunQuery { After = after }, cancellationToken) }));
        routes.MapGet("/runs/{id}", async (string id, HttpContext context, IPluginHost host, CancellationToken cancellationToken) =>
        {
            var run = await host.GetRunAsync(id, cancellationToken);
            return await RenderAsync<RunPage>(context, $"Run of {run.Script}", new() { ["Run"] = run });
        });
        routes.MapGet("/deployments", async (HttpContext context, IPluginHost host, string? after, CancellationToken cancellationToken) =>
            await RenderAsync<DeploymentsPage>(context, "Deployments", new() { ["Deployments"] = await host.GetDeploymentsAsync(50, after, cancellationToken) }));
        routes.MapGet("/deployments/{id}", async (string id, HttpContext context, IPluginHost host, CancellationToken cancellationToken) =>
        {
            var deployment = await host.GetDeploymentAsync(id, cancellationToken);
            return await RenderAsync<DeploymentPage>(context, $"Deployment {Show.Commit(deployment.Commit)}", new() { ["Deployment"] = deployment });
        });
        routes.MapGet("/plugins/{id}", async (string id, HttpContext context, IPluginHost host, CancellationToken cancellationToken) =>
        {
            var plugin = host.GetPlugin(id);
            var scripts = await host.GetScriptsAsync(cancellationToken);
            return await RenderAsync<PluginPage>(context, plugin.Id, new()
            {
                ["Plugin"] = plugin,
                ["Versions"] = host.GetVersions(id),
                ["Scripts"] = scripts.Where(script => script.Plugin.Equals(plugin.Id, StringComparison.OrdinalIgnoreCase)).ToArray(),
            });
        });
        routes.MapGet("/host", async (HttpContext context, IPluginHost host) =>
            await RenderAsync<HostPage>(context, "Host", new() { ["Status"] = host.GetStatus() }));
        routes.MapGet("/audit", async (HttpContext context, IAuditLog audit, string? after, CancellationToken cancellationToken) =>
            await RenderAsync<AuditPage>(context, "Audit log", new() { ["Entries"] = await audit.ListAsync(new AuditQuery { After = after }, cancellationToken) }));
        routes.MapGet("/assets/{name}", Assets.Serve);
    }
}
