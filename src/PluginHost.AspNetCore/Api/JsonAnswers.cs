using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace PluginHost.AspNetCore.Api;

/// <summary>200 and a value. Its type is in the handler's signature, so the OpenAPI document cannot say another one.</summary>
internal sealed class JsonOk<T>(T value) : IResult, IEndpointMetadataProvider
{
    public Task ExecuteAsync(HttpContext httpContext) => httpContext.WriteJsonAsync(StatusCodes.Status200OK, value);

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) => builder.Metadata.AddJson<T>(StatusCodes.Status200OK);
}

/// <summary>202 and a value: it has begun, and is not done.</summary>
internal sealed class JsonAccepted<T>(T value) : IResult, IEndpointMetadataProvider
{
    public Task ExecuteAsync(HttpContext httpContext) => httpContext.WriteJsonAsync(StatusCodes.Status202Accepted, value);

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) => builder.Metadata.AddJson<T>(StatusCodes.Status202Accepted);
}

internal static class JsonAnswers
{
    /// <summary>Says which problems an endpoint answers.</summary>
    public static RouteHandlerBuilder Refuses(this RouteHandlerBuilder endpoint, params int[] statusCodes) =>
        statusCodes.Aggregate(endpoint, (builder, statusCode) => builder.ProducesProblem(statusCode));

    public static void AddJson<T>(this IList<object> metadata, int statusCode) =>
        metadata.Add(new ProducesResponseTypeMetadata(statusCode, typeof(T), ["application/json"]));

    public static Task WriteJsonAsync<T>(this HttpContext context, int statusCode, T value)
    {
        context.Response.StatusCode = statusCode;
        return context.Response.WriteAsJsonAsync(value, ApiJson.Options, context.RequestAborted);
    }
}
