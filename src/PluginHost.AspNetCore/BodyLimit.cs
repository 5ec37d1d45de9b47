using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace PluginHost.AspNetCore;

/// <summary>Refuses bodies that are larger than any request of ours has to be.</summary>
internal sealed class BodyLimit(RequestDelegate next)
{
    public const int Bytes = 1024 * 1024;

    /// <summary>How large a body may be at this endpoint.</summary>
    public static int Of(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<BodySize>()?.Bytes ?? Bytes;

    public Task InvokeAsync(HttpContext context)
    {
        var most = Of(context);
        if (context.Request.ContentLength > most)
        {
            throw new BadHttpRequestException("Too large", StatusCodes.Status413PayloadTooLarge);
        }

        // A body of unknown length is counted by the server while it is read.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } server)
        {
            server.MaxRequestBodySize = Math.Min(server.MaxRequestBodySize ?? most, most);
        }

        return next(context);
    }
}

/// <summary>Lets an endpoint take larger bodies than others.</summary>
/// <param name="Bytes">How large at most.</param>
internal sealed record BodySize(int Bytes);
