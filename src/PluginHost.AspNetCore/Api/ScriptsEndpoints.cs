using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace PluginHost.AspNetCore.Api;

internal static class ScriptsEndpoints
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);

    public static void MapScripts(this IEndpointRouteBuilder api)
    {
        api.MapGet("/scripts", async (IPluginHost host, CancellationToken cancellationToken) =>
            ApiJson.List(await host.GetScriptsAsync(cancellationToken)));
        api.MapGet("/scripts/{id}", async (string id, IPluginHost host, CancellationToken cancellationToken) =>
            ApiJson.Ok(await host.GetScriptAsync(id, cancellationToken)));
        api.MapPost("/scripts/{id}/pause", async (string id, IPluginHost host, CancellationToken cancellationToken) =>
            ApiJson.Ok(await host.PauseScriptAsync(id, cancellationToken)));
        api.MapPost("/scripts/{id}/resume", async (string id, IPluginHost host, CancellationToken cancellationToken) =>
            ApiJson.Ok(await host.ResumeScriptAsync(id, cancellationToken)));
        api.MapPost("/scripts/{id}/runs", StartRunAsync);
    }

    private static async Task<IResult> StartRunAsync(
        string id, HttpContext context, IPluginHost host, [FromQuery] double? wait, CancellationToken cancellationToken)
    {
        var body = await ReadBodyAsync(context.Request, cancellationToken);
        var run = await host.StartRunAsync(
            id,
            new RunRequest
            {
                Parameters = body?.Parameters,
                Version = body?.Version,
                RequestedBy = context.User.Identity?.Name,
                IdempotencyKey = context.Request.Headers["Idempotency-Key"] is [{ Length: > 0 } key] ? key : null,
            },
            cancellationToken);
        context.Response.Headers.Location = $"{context.Request.PathBase}/api/v1/runs/{run.Id}";
        if (wait > 0)
        {
            var limit = TimeSpan.FromSeconds(Math.Min(wait.Value, LongestWait.TotalSeconds));
            run = await host.WaitForRunAsync(run.Id, limit, cancellationToken);
        }

        return Results.Json(run, ApiJson.Options, statusCode: wait > 0 && run.IsFinished ? StatusCodes.Status200OK : StatusCodes.Status202Accepted);
    }

    private static async Task<RunBody?> ReadBodyAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(request.Body);
        var text = await reader.ReadToEndAsync(cancellationToken);
        return text.Length == 0 ? null : System.Text.Json.JsonSerializer.Deserialize<RunBody>(text, ApiJson.Options);
    }

    private sealed record RunBody(JsonObject? Parameters, string? Version);
}
