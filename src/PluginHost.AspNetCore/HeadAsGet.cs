using Microsoft.AspNetCore.Http;

namespace PluginHost.AspNetCore;

/// <summary>Answers HEAD as GET, for probes: the server leaves out the body.</summary>
/// <remarks>Not in the API, which says which methods it takes, and has streams that would never answer.</remarks>
internal sealed class HeadAsGet(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (!HttpMethods.IsHead(request.Method) || request.Path.StartsWithSegments("/api"))
        {
            await next(context);
            return;
        }

        request.Method = HttpMethods.Get;
        try
        {
            await next(context);
        }
        finally
        {
            // The application's own middleware goes on with what was asked.
            request.Method = HttpMethods.Head;
        }
    }
}
