using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace PluginHost.AspNetCore.Api;

internal static class OccurrencesEndpoints
{
    public static void MapOccurrences(this IEndpointRouteBuilder api) =>
        api.MapGet("/occurrences", ListAsync)
            .WithSummary("What became of the times at which schedules were due, the latest first.")
            .WithDescription("Several times in a row at which nothing ran for one reason are one item, with their number in 'count' and the last of them in 'until'.")
            .Refuses(400);

    private static async Task<JsonOk<Page<OccurrenceInfo>>> ListAsync(
        IPluginHost host,
        string? script,
        Moment? from,
        Moment? to,
        OneOf<OccurrenceOutcome>? outcome,
        Limit? limit,
        string? after,
        CancellationToken cancellationToken) =>
        ApiJson.Ok(await host.GetOccurrencesAsync(
            new OccurrenceQuery
            {
                Script = string.IsNullOrEmpty(script) ? null : script,
                From = from?.Value,
                To = to?.Value,
                Outcome = outcome?.Value("outcome"),
                Limit = limit?.Value ?? Limit.Default,
                After = string.IsNullOrEmpty(after) ? null : after,
            },
            cancellationToken));
}
