using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace PluginHost.AspNetCore.Api;

internal static class OccurrencesEndpoints
{
    public static void MapOccurrences(this IEndpointRouteBuilder api)
    {
        api.MapGet("/occurrences", ListAsync)
            .WithSummary("What became of the times at which schedules were due, the latest first.")
            .WithDescription("Several times in a row at which nothing ran for one reason are one item, with their number in 'count' and the last of them in 'until'.")
            .Refuses(400);
        api.MapGet("/scripts/{id}/calendar", CalendarAsync)
            .WithSummary("What became of the times at which a script was due, day by day.")
            .WithDescription("The earliest day first; days on which nothing was due are left out.")
            .Refuses(400, 404);
    }

    private static async Task<JsonOk<Page<OccurrenceDay>>> CalendarAsync(
        string id, IPluginHost host, Day from, string? timeZone, CancellationToken cancellationToken)
    {
        try
        {
            return ApiJson.List(await host.GetCalendarAsync(id, from.Value, string.IsNullOrEmpty(timeZone) ? null : timeZone, cancellationToken));
        }
        catch (ArgumentException failure)
        {
            throw new BadHttpRequestException(failure.Message);
        }
    }

    private static async Task<JsonOk<Page<OccurrenceInfo>>> ListAsync(
        IPluginHost host,
        string? script,
        Moment? from,
        Moment? to,
        OneOf<OccurrenceOutcome>? outcome,
        Limit? limit,
        string? after,
        CancellationToken cancellationToken) =>
        ApiJson.Ok(await host.GetOccurrencesAsync(Query(script, from, to, outcome, limit, after), cancellationToken));

    /// <summary>What the query of an address asks for.</summary>
    public static OccurrenceQuery Query(string? script, Moment? from, Moment? to, OneOf<OccurrenceOutcome>? outcome, Limit? limit, string? after) => new()
    {
        Script = string.IsNullOrEmpty(script) ? null : script,
        From = from?.Value,
        To = to?.Value,
        Outcome = outcome?.Value("outcome"),
        Limit = limit?.Value ?? Limit.Default,
        After = string.IsNullOrEmpty(after) ? null : after,
    };
}
