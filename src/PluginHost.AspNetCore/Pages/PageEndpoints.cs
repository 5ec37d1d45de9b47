using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace PluginHost.AspNetCore.Pages;

/// <summary>The pages: Razor components that are rendered here to plain HTML. Assets/app.js renders them anew when something changes.</summary>
/// <remarks>No circuit, no Blazor set-up in the application: a page is a function of what the host answers, under any path.</remarks>
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
        routes.MapGet("/runs", async (HttpContext context, IPluginHost host, CancellationToken cancellationToken) =>
            await RenderAsync<RunsPage>(context, "Runs", new() { ["Runs"] = (await host.GetRunsAsync(new RunQuery { Limit = 100 }, cancellationToken)).Items }));
        routes.MapGet("/runs/{id}", async (string id, HttpContext context, IPluginHost host, CancellationToken cancellationToken) =>
            await RenderAsync<RunPage>(context, "Run", new() { ["Run"] = await host.GetRunAsync(id, cancellationToken) }));
        routes.MapGet("/deployments", async (HttpContext context, IPluginHost host, CancellationToken cancellationToken) =>
            await RenderAsync<DeploymentsPage>(context, "Deployments", new() { ["Deployments"] = (await host.GetDeploymentsAsync(50, null, cancellationToken)).Items }));
        routes.MapGet("/deployments/{id}", async (string id, HttpContext context, IPluginHost host, CancellationToken cancellationToken) =>
            await RenderAsync<DeploymentsPage>(context, "Deployment", new() { ["Deployments"] = new[] { await host.GetDeploymentAsync(id, cancellationToken) } }));
        routes.MapGet("/plugins/{id}", async (string id, HttpContext context, IPluginHost host) =>
            await RenderAsync<PluginPage>(context, id, new() { ["Plugin"] = host.GetPlugin(id), ["Versions"] = host.GetVersions(id) }));
        routes.MapGet("/host", async (HttpContext context, IPluginHost host) =>
            await RenderAsync<HostPage>(context, "Host", new() { ["Status"] = host.GetStatus() }));
        routes.MapGet("/assets/{name}", Assets.Serve);
    }

    private static async Task<IResult> RenderAsync<TPage>(HttpContext context, string title, Dictionary<string, object?> parameters)
        where TPage : IComponent
    {
        await using var renderer = new HtmlRenderer(context.RequestServices, (ILoggerFactory)context.RequestServices.GetService(typeof(ILoggerFactory))!);
        var html = await renderer.Dispatcher.InvokeAsync(async () =>
        {
            var layout = ParameterView.FromDictionary(new Dictionary<string, object?>
            {
                ["Title"] = title, ["BasePath"] = $"{context.Request.PathBase}/", ["Page"] = typeof(TPage), ["Parameters"] = parameters,
            });
            return (await renderer.RenderComponentAsync<Layout>(layout)).ToHtmlString();
        });
        return Results.Content("<!DOCTYPE html>\n" + html, "text/html; charset=utf-8");
    }
}
