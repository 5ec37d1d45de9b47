using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace PluginHost.AspNetCore.Api;

internal static class ScriptsEndpoints
{
    private const int LongestKey = 255;

    public static void MapScripts(this IEndpointRouteBuilder api)
    {
        // The one list whose items are long, and that dashboards ask for again and again.
        var shared = SharedAnswers.Of(api.ServiceProvider);
        api.MapGet("/scripts", (HttpRequest request, IPluginHost host, Limit? limit, string? after) =>
        {
            var (most, last) = (limit?.Value ?? Limit.Default, string.IsNullOrEmpty(after) ? null : after);
            return SharedJson<Page<ScriptInfo>>.GetAsync(shared, $"{most} {last}", request, () => host.GetScriptsAsync(most, last, CancellationToken.None));
        })
            .WithSummary("The scripts of the live plugins, by id.").Refuses(400);
        api.MapGet("/scripts/{id}", async (string id, IPluginHost host, CancellationToken cancellationToken) =>
            ApiJson.Ok(await host.GetScriptAsync(id, cancellationToken)))
            .WithSummary("One script.").Refuses(404);
        api.MapPost("/scripts/{id}/pause", async (string id, IPluginHost host, CancellationToken cancellationToken) =>
            ApiJson.Ok(await host.PauseScriptAsync(id, cancellationToken)))
            .WithSummary("Stops the script's schedules until it is resumed. It can still be run by hand.").Refuses(403, 404);
        api.MapPost("/scripts/{id}/resume", async (string id, IPluginHost host, CancellationToken cancellationToken) =>
            ApiJson.Ok(await host.ResumeScriptAsync(id, cancellationToken)))
            .WithSummary("Lets the script's schedules run again; what was missed is caught up as each schedule says.").Refuses(403, 404);
        api.MapPost("/scripts/{id}/allow", async (string id, IPluginHost host, CancellationToken cancellationToken) =>
            ApiJson.Ok(await host.AllowScriptAsync(id, cancellationToken)))
            .WithSummary("Lets a script that is in quarantine run again.").Refuses(403, 404);
        api.MapGet("/scripts/{id}/state", async (string id, IPluginHost host, CancellationToken cancellationToken) =>
            ApiJson.List(await host.GetStateAsync(id, cancellationToken)))
            .WithSummary("The values that a script keeps from one run to the next, by key.").Refuses(404);
        api.MapDelete("/scripts/{id}/state", async (string id, string key, IPluginHost host, CancellationToken cancellationToken) =>
        {
            await host.RemoveStateAsync(id, key, cancellationToken);
            return TypedResults.NoContent();
        })
            .WithSummary("Removes one of the values that a script keeps.").Refuses(403, 404);
        api.MapPost("/scripts/{id}/runs", StartRunAsync)
            .WithSummary("Starts a run.")
            .WithDescription("202 and the run as soon as it is stored; Location says where it is. With 'wait' 200 and the finished run, or 202 when it has not ended by then. With 'startAt' it waits until then, also over restarts of the host. A second request for the same script with the same Idempotency-Key answers the first one's run, or 409 when it asks for something else.")
            .Accepts<StartRunBody>(isOptional: true, "application/json")
            .ProducesValidationProblem()
            .Refuses(403, 404, 409, 413, 415);
    }

    private static async Task<Results<JsonOk<RunInfo>, JsonAccepted<RunInfo>>> StartRunAsync(
        string id,
        HttpContext context,
        IPluginHost host,
        IHostApplicationLifetime application,
        Wait? wait,
        [FromHeader(Name = "Idempotency-Key")] string? idempotencyKey,
        CancellationToken cancellationToken)
    {
        // Everything is read before anything is started.
        var limit = wait?.Value ?? TimeSpan.Zero;
        if (idempotencyKey?.Length > LongestKey)
        {
            throw new BadHttpRequestException($"The Idempotency-Key has {idempotencyKey.Length} characters. It has {LongestKey} at most.");
        }

        var body = await RequestBody.ReadAsync<StartRunBody>(context.Request, StartRunBody.Example, cancellationToken);
        var run = await host.StartRunAsync(
            id,
            new RunRequest
            {
                Parameters = body?.Parameters,
                Version = body?.Version,
                StartAt = body?.StartAt,
                RequestedBy = context.User.Identity?.Name,
                IdempotencyKey = string.IsNullOrEmpty(idempotencyKey) ? null : idempotencyKey,
            },
            cancellationToken);
        context.Response.Headers.Location = $"{context.Request.PathBase}/api/v1/runs/{run.Id}";
        if (limit > TimeSpan.Zero)
        {
            var runId = run.Id;
            run = await HostStopping.WaitAsync(
                token => host.WaitForRunAsync(runId, limit, token),
                () => host.GetRunAsync(runId, cancellationToken),
                application.ApplicationStopping,
                cancellationToken);
        }

        return limit > TimeSpan.Zero && run.IsFinished ? ApiJson.Ok(run) : ApiJson.Accepted(run);
    }
}
