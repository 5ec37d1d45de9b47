using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace PluginHost.AspNetCore.Api;

/// <summary>What to run a script with.</summary>
/// <param name="Parameters">A value for each parameter by name; what is left out keeps its default.</param>
/// <param name="Version">The version to run on; the live one when it is left out.</param>
internal sealed record StartRunBody(JsonObject? Parameters = null, string? Version = null)
{
    // Strict: a body that is misspelt would otherwise run the script with its defaults.
    private static readonly JsonSerializerOptions Strict = new(ApiJson.Options)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false,
    };

    /// <summary>Reads the body; none at all is fine.</summary>
    public static async Task<StartRunBody?> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream();
        await request.Body.CopyToAsync(content, cancellationToken);
        try
        {
            return content.Length == 0 ? null : JsonSerializer.Deserialize<StartRunBody>(content.GetBuffer().AsSpan(0, (int)content.Length), Strict);
        }
        catch (Exception failure) when (failure is JsonException or ArgumentException)
        {
            // An ArgumentException is how a name that occurs twice in an object is told.
            var place = failure is JsonException { LineNumber: { } line, BytePositionInLine: { } column } ? $"line {line + 1}, byte {column + 1}" : "a name that occurs twice";
            throw new BadHttpRequestException(
                $$"""The body is not what is expected, such as { "parameters": { "name": "value" }, "version": "1a2b3c4-5d6e7f8" }. Look at {{place}}.""", failure);
        }
    }
}
