using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace PluginHost.AspNetCore.Api;

internal static class RunsEndpoints
{
    public static void MapRuns(this IEndpointRouteBuilder api)
    {
        api.MapGet("/runs", ListAsync)
            .WithSummary("Runs, newest first.").WithDescription("With 'fanOut' those that began together on every node.").Refuses(400);
        api.MapGet("/runs/{id}", async (string id, IPluginHost host, CancellationToken cancellationToken) =>
            ApiJson.Ok(await host.GetRunAsync(id, cancellationToken)))
            .WithSummary("One run.").Refuses(404);
        api.MapPost("/runs/{id}/cancel", async (string id, IPluginHost host, CancellationToken cancellationToken) =>
            ApiJson.Accepted(await host.CancelRunAsync(id, cancellationToken)))
            .WithSummary("Asks a run to stop. Does nothing when it has ended.").Refuses(403, 404);
        api.MapPost("/runs/{id}/rerun", RerunAsync)
            .WithSummary("Starts a run with the parameters of one before it.")
            .WithDescription("On the live version, or with 'sameVersion' on the one that it ran on then. 202 and the new run; Location says where it is.")
            .Accepts<RerunBody>(isOptional: true, "application/json")
            .ProducesValidationProblem()
            .Refuses(403, 404, 409, 413, 415);
        api.MapGet("/runs/{id}/log", RunLogEndpoint.ReadAsync)
            .WithSummary("The log of a run.")
            .WithDescription("Text, one line for each entry. With 'Accept: text/event-stream' the lines so far and then live, each with its number as the event's id, until an event 'end' whose data is the run's state.")
            .Produces<string>(200, "text/plain", "text/event-stream")
            .Refuses(404);
    }

    private static async Task<JsonAccepted<RunInfo>> RerunAsync(string id, HttpContext context, IPluginHost host, CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync<RerunBody>(context.Request, RerunBody.Example, cancellationToken);
        var run = await host.RerunAsync(id, new RerunRequest { SameVersion = body?.SameVersion ?? false, RequestedBy = context.User.Identity?.Name }, cancellationToken);
        context.Response.Headers.Location = $"{context.Request.PathBase}/api/v1/runs/{run.Id}";
        return ApiJson.Accepted(run);
    }

    private static async Task<JsonOk<Page<RunInfo>>> ListAsync(
        IPluginHost host,
        string? script,
        OneOf<RunState>? state,
        OneOf<RunTrigger>? trigger,
        string? fanOut,
        Limit? limit,
        string? after,
        CancellationToken cancellationToken) =>
        ApiJson.Ok(await host.GetRunsAsync(Query(script, state, trigger, fanOut, limit, after), cancellationToken));

    /// <summary>What the query of an address asks for.</summary>
    public static RunQuery Query(string? script, OneOf<RunState>? state, OneOf<RunTrigger>? trigger, string? fanOut, Limit? limit, string? after) => new()
    {
        Script = string.IsNullOrEmpty(script) ? null : script,
        State = state?.Value("state"),
        Trigger = trigger?.Value("trigger"),
        FanOut = string.IsNullOrEmpty(fanOut) ? null : fanOut,
        Limit = limit?.Value ?? Limit.Default,
        After = string.IsNullOrEmpty(after) ? null : after,
    };
}
