using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace PluginHost.AspNetCore.Api;

/// <summary>What is wanted of a schedule.</summary>
/// <param name="Cron">The cron expression.</param>
/// <param name="TimeZone">The time zone it is read in.</param>
/// <param name="Overlap">What happens when an earlier run is still going.</param>
/// <param name="CatchUp">What happens to missed times.</param>
/// <param name="CatchUpWindow">How far back missed times are caught up.</param>
/// <param name="Jitter">By how much starts are spread.</param>
/// <param name="From">The first moment, or "none".</param>
/// <param name="Until">The end, or "none".</param>
/// <param name="Parameters">What its runs are given.</param>
/// <param name="Disabled">Whether it does not run.</param>
internal sealed record ScheduleBody(
    string? Cron = null,
    string? TimeZone = null,
    OverlapPolicy? Overlap = null,
    CatchUpPolicy? CatchUp = null,
    string? CatchUpWindow = null,
    string? Jitter = null,
    string? From = null,
    string? Until = null,
    JsonObject? Parameters = null,
    bool Disabled = false)
{
    // Strict: a field that is misspelt would otherwise leave the schedule as it is, and nobody would know.
    private static readonly JsonSerializerOptions Strict = new(ApiJson.Options)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    };

    public static ScheduleBody Of(ScheduleRequest request) => new(
        request.Cron, request.TimeZone, request.Overlap, request.CatchUp, request.CatchUpWindow, request.Jitter, request.From, request.Until,
        request.Parameters, request.Disabled);

    public ScheduleRequest ToRequest(string? requestedBy) => new()
    {
        Cron = Cron, TimeZone = TimeZone, Overlap = Overlap, CatchUp = CatchUp, CatchUpWindow = CatchUpWindow, Jitter = Jitter, From = From, Until = Until,
        Parameters = Parameters, Disabled = Disabled, RequestedBy = requestedBy,
    };

    public string ToJson() => JsonSerializer.Serialize(this, Strict);

    public static async Task<ScheduleBody> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream();
        await request.Body.CopyToAsync(content, cancellationToken);
        try
        {
            return JsonSerializer.Deserialize<ScheduleBody>(content.GetBuffer().AsSpan(0, (int)content.Length), Strict) ?? throw new JsonException();
        }
        catch (JsonException failure) when (failure.Path?.Split('.') is ["$", var field])
        {
            throw new InvalidScheduleException(new Dictionary<string, string[]> { [field] = [Explain(field)] });
        }
        catch (Exception failure) when (failure is JsonException or ArgumentException)
        {
            // An ArgumentException is how a name that occurs twice in an object is told.
            throw new BadHttpRequestException(
                """The body is not what is expected, such as { "cron": "0 6 * * MON-FRI", "timeZone": "Europe/Berlin", "parameters": { "name": "value" } }.""", failure);
        }
    }

    private static string Explain(string field) => field switch
    {
        "overlap" => $"'overlap' is one of: {Names<OverlapPolicy>()}.",
        "catchUp" => $"'catchUp' is one of: {Names<CatchUpPolicy>()}.",
        "parameters" => "'parameters' is an object with a value for each parameter by name.",
        "disabled" => "'disabled' is true or false.",
        "cron" or "timeZone" or "catchUpWindow" or "jitter" or "from" or "until" => $"'{field}' is a text.",
        _ => $"A schedule has no '{field}'. It has cron, timeZone, overlap, catchUp, catchUpWindow, jitter, from, until, parameters and disabled.",
    };

    private static string Names<T>() where T : struct, Enum => string.Join(", ", Enum.GetValues<T>().Select(ApiJson.Name));
}
