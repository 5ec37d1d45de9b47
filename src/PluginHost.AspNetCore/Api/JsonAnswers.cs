using System.Reflection;
using System.Text.Json;
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

/// <summary>200 and a value that is written once for all who ask for it.</summary>
internal sealed class SharedJson<T> : IResult, IEndpointMetadataProvider
{
    private readonly byte[] _json;

    private SharedJson(T value) => _json = JsonSerializer.SerializeToUtf8Bytes(value, ApiJson.Options);

    /// <param name="answers">Where those meet who ask for the same.</param>
    /// <param name="key">All that one answer differs from another by, and nothing else that somebody may write into an address.</param>
    /// <param name="request">The request.</param>
    /// <param name="read">Reads the value. It may outlive the request, so it must not use anything of it.</param>
    public static Task<SharedJson<T>> GetAsync(SharedAnswers answers, string key, HttpRequest request, Func<Task<T>> read) =>
        answers.GetAsync(key, async () => new SharedJson<T>(await read()), request.HttpContext.RequestAborted);

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = _json.Length;
        return response.Body.WriteAsync(_json, httpContext.RequestAborted).AsTask();
    }

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
