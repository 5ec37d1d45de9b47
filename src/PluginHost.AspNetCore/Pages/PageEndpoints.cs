using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PluginHost.AspNetCore.Api;
using static PluginHost.AspNetCore.Pages.PageRenderer;

namespace PluginHost.AspNetCore.Pages;

/// <summary>The pages. Assets/app.js renders them anew when something changes.</summary>
internal static class PageEndpoints
{
    public static void MapPages(this IEndpointRouteBuilder routes)
    {
        // What is open in many browsers, and dear to make.
        var (shared, rows) = (SharedAnswers.Of(routes.ServiceProvider), new ScriptRows(routes.ServiceProvider.GetRequiredService<ILoggerFactory>()));
        routes.MapGet("/", async (HttpContext context, IPluginHost host) =>
            await RenderSharedAsync<ScriptsPage>(shared, context, "Scripts", query: null, async () => new()
            {
                ["Status"] = host.GetStatus(), ["Rows"] = (Func<IReadOnlyList<ScriptInfo>, bool, Task<IReadOnlyList<MarkupString>>>)rows.RenderAsync, ["Scripts"] = await host.GetScriptsAsync(), ["Plugins"] = host.GetPlugins(),
            }));
        routes.MapGet("/scripts/{id}", async (string id, HttpContext context, IPluginHost host, CancellationToken cancellationToken) =>
        {
            var script = await host.GetScriptAsync(id, cancellationToken);
            var runs = await host.GetRunsAsync(new RunQuery { Script = script.Id, Limit = 40 }, cancellationToken);
            return await RenderAsync<ScriptPage>(context, script.Id, new()
            {
                ["Script"] = script,
                ["Runs"] = runs.Items,
                ["Versions"] = host.GetVersions(script.Plugin),
                ["State"] = await host.GetStateAsync(script.Id, cancellationToken),
            });
        });
        routes.MapGet("/scripts/{id}/calendar", async (string id, HttpContext context, IPluginHost host, string? timeZone, TimeProvider time, CancellationToken cancellationToken) =>
        {
            // The browser's zone may be one that this machine does not know.
            var zone = TimeZoneInfo.TryFindSystemTimeZoneById(timeZone ?? "", out var known) ? known : TimeZoneInfo.Utc;
            var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(time.GetUtcNow(), zone).DateTime);
            var days = await host.GetCalendarAsync(id, Calendar.FirstOf(today), zone.Id, cancellationToken);
            return await RenderPartAsync<Calendar>(context, new()
            {
                ["Script"] = id, ["Today"] = today, ["Zone"] = zone, ["Days"] = days.ToDictionary(day => day.Day, day => day.Counts),
            });
        });
        routes.MapGet("/runs", async (
            HttpContext context, IPluginHost host, TimeProvider time, string? script, OneOf<RunState>? state, OneOf<RunTrigger>? trigger, string? fanOut, string? after) =>
        {
            var query = RunsEndpoints.Query(script, state, trigger, fanOut, limit: null, after);
            return await RenderSharedAsync<RunsPage>(shared, context, "Runs", query, async () => new()
            {
                ["Query"] = query,
                ["Runs"] = await host.GetRunsAsync(query),
                ["Recent"] = query == new RunQuery() ? (await host.GetRunsAsync(query with { Limit = Limit.Largest })).Items : null,
                ["Scripts"] = await host.GetScriptsAsync(),
                ["Now"] = time.GetUtcNow(),
            });
        });
        routes.MapGet("/occurrences", async (
            HttpContext context, IPluginHost host, string? script, Moment? from, Moment? to, OneOf<OccurrenceOutcome>? outcome, string? after, CancellationToken cancellationToken) =>
        {
            var query = OccurrencesEndpoints.Query(script, from, to, outcome, limit: null, after);
            return await RenderAsync<OccurrencesPage>(context, "Due times", new() { ["Query"] = query, ["Occurrences"] = await host.GetOccurrencesAsync(query, cancellationToken) });
        });
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
            return await RenderAsync<DeploymentPage>(context, $"Deployment {Show.Commit(deployment.Commit)}", new()
            {
                ["Deployment"] = deployment,
                ["Logs"] = await host.GetBuildLogsAsync(id, cancellationToken),
                ["Lines"] = await SourceLines.ReadAsync(host, deployment.Source, deployment.Commit, deployment.Plugins.SelectMany(plugin => plugin.Errors.Concat(plugin.Warnings)), cancellationToken),
            });
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
                ["Lines"] = plugin.Problem is { } problem ? await SourceLines.ReadAsync(host, plugin.Source, problem.Commit, problem.Diagnostics, cancellationToken) : SourceLines.None,
            });
        });
        routes.MapVersionPages();
        routes.MapGet("/host", async (HttpContext context, IPluginHost host) =>
            await RenderSharedAsync<HostPage>(shared, context, "Host", query: null, async () => new()
            {
                ["Status"] = host.GetStatus(),
                ["Details"] = host.GetDetails(),
                ["Running"] = await host.GetRunsAsync(new RunQuery { State = RunState.Running, Limit = HostPage.Listed }),
                ["Queued"] = await host.GetRunsAsync(new RunQuery { State = RunState.Queued, Limit = HostPage.Listed }),
                ["Nodes"] = await host.GetNodesAsync(),
            }));
        routes.MapGet("/audit", async (HttpContext context, IAuditLog audit, string? after, CancellationToken cancellationToken) =>
            await RenderAsync<AuditPage>(context, "Audit log", new() { ["Entries"] = await audit.ListAsync(new AuditQuery { After = after }, cancellationToken) }));
        routes.MapGet("/assets/{name}", Assets.Serve);
    }
}
