using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace PluginHost.AspNetCore.Api;

internal static class RunsEndpoints
{
    public static void MapRuns(this IEndpointRouteBuilder api)
    {
        api.MapGet("/runs", ListAsync);
        api.MapGet("/runs/{id}", async (string id, IPluginHost host, CancellationToken cancellationToken) =>
            ApiJson.Ok(await host.GetRunAsync(id, cancellationToken)));
        api.MapPost("/runs/{id}/cancel", async (string id, IPluginHost host, CancellationToken cancellationToken) =>
            Results.Json(await host.CancelRunAsync(id, cancellationToken), ApiJson.Options, statusCode: StatusCodes.Status202Accepted));
        api.MapGet("/runs/{id}/log", ReadLogAsync);
    }

    private static async Task<IResult> ListAsync(
        IPluginHost host, string? script, string? state, string? trigger, int? limit, string? after, CancellationToken cancellationToken)
    {
        var page = await host.GetRunsAsync(
            new RunQuery
            {
                Script = script, State = Parse<RunState>("state", state), Trigger = Parse<RunTrigger>("trigger", trigger), Limit = limit ?? 50, After = after,
            },
            cancellationToken);
        return ApiJson.List(page.Items, page.Next);
    }

    private static T? Parse<T>(string name, string? text) where T : struct, Enum
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        var values = Enum.GetValues<T>().ToDictionary(ApiJson.Name, StringComparer.OrdinalIgnoreCase);
        return values.TryGetValue(text, out var value)
            ? value
            : throw new BadHttpRequestException($"'{text}' is no {name}. It is one of: {string.Join(", ", values.Keys)}.");
    }

    private static async Task<IResult> ReadLogAsync(string id, HttpContext context, IPluginHost host, CancellationToken cancellationToken)
    {
        await host.GetRunAsync(id, cancellationToken);
        if (context.Request.Headers.Accept.ToString().Contains("text/event-stream", StringComparison.OrdinalIgnoreCase))
        {
            long.TryParse(context.Request.Headers["Last-Event-ID"], NumberStyles.None, CultureInfo.InvariantCulture, out var after);
            return TypedResults.ServerSentEvents(FollowAsync(host, id, after, cancellationToken));
        }

        return Results.Stream(
            async body =>
            {
                await foreach (var line in host.ReadLogAsync(id, 0, follow: false, cancellationToken))
                {
                    await body.WriteAsync(Encoding.UTF8.GetBytes(line.Text + "\n"), cancellationToken);
                }
            },
            "text/plain; charset=utf-8");
    }

    private static async IAsyncEnumerable<SseItem<string>> FollowAsync(
        IPluginHost host, string id, long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var line in host.ReadLogAsync(id, after, follow: true, cancellationToken))
        {
            yield return new SseItem<string>(line.Text) { EventId = line.Number.ToString(CultureInfo.InvariantCulture) };
        }

        // Without this last event a browser would take the end for a lost connection, and ask again.
        var run = await host.WaitForRunAsync(id, TimeSpan.FromSeconds(30), cancellationToken);
        yield return new SseItem<string>(ApiJson.Name(run.State), "end");
    }
}
