using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace PluginHost.AspNetCore.Api;

/// <summary>Reads JSON bodies strictly: one that is misspelt must not do the same as one that was left out.</summary>
internal static class RequestBody
{
    private static readonly JsonSerializerOptions Strict = new(ApiJson.Options)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false,
    };

    /// <summary>The body; null when there is none.</summary>
    /// <param name="request">The request.</param>
    /// <param name="example">What is expected, for who sent something else.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<T?> ReadAsync<T>(HttpRequest request, string example, CancellationToken cancellationToken) where T : class
    {
        using var content = new MemoryStream();
        await request.Body.CopyToAsync(content, cancellationToken);
        try
        {
            return content.Length == 0 ? null : JsonSerializer.Deserialize<T>(content.GetBuffer().AsSpan(0, (int)content.Length), Strict);
        }
        catch (Exception failure) when (failure is JsonException or ArgumentException)
        {
            // An ArgumentException is how a name that occurs twice in an object is told.
            var place = failure is JsonException { LineNumber: { } line, BytePositionInLine: { } column } ? $"line {line + 1}, byte {column + 1}" : "a name that occurs twice";
            throw new BadHttpRequestException($"The body is not what is expected, such as {example}. Look at {place}.", failure);
        }
    }
}
