using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace PluginHost.AspNetCore.Api;

/// <summary>The description of the API for programs.</summary>
/// <remarks>
/// Api/openapi.json is written by a test from the endpoints below, and the test fails when the two differ. So the
/// application inherits no OpenAPI library from us, and a change of the API is seen in review as what it is.
/// </remarks>
internal static class OpenApiEndpoint
{
    private static readonly JsonNode Document = Read();

    public static void MapOpenApiDocument(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/openapi/v1.json", (HttpRequest request) =>
        {
            // Its paths begin where the host is mounted.
            var document = Document.DeepClone();
            document["servers"] = new JsonArray(new JsonObject { ["url"] = request.PathBase.HasValue ? request.PathBase.ToUriComponent() : "/" });
            return Results.Text(document.ToJsonString(ApiJson.Options), "application/json");
        }).ExcludeFromDescription();

    private static JsonNode Read()
    {
        using var resource = typeof(OpenApiEndpoint).Assembly.GetManifestResourceStream("openapi.json")!;
        return JsonNode.Parse(resource)!;
    }
}
