using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace PluginHost.AspNetCore;

/// <summary>Refuses bodies that are larger than any request of ours has to be.</summary>
internal sealed class BodyLimit(RequestDelegate next)
{
    public const int Bytes = 1024 * 1024;

    public Task InvokeAsync(HttpContext context)
    {
        if (context.Request.ContentLength > Bytes)
        {
            throw new BadHttpRequestException("Too large", StatusCodes.Status413PayloadTooLarge);
        }

        // A body of unknown length is counted by the server while it is read.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } server)
        {
            server.MaxRequestBodySize = Math.Min(server.MaxRequestBodySize ?? Bytes, Bytes);
        }

        return next(context);
    }
}
