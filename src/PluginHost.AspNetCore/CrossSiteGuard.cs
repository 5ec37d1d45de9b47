using Microsoft.AspNetCore.Http;

namespace PluginHost.AspNetCore;

/// <summary>Refuses changes that another site's page asks for in the name of whoever has it open.</summary>
internal sealed class CrossSiteGuard(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        var changesNothing = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method);
        return changesNothing || !IsCrossSite(request)
            ? next(context)
            : throw new BadHttpRequestException("This request comes from a page of another site, so it is refused.", StatusCodes.Status403Forbidden);
    }

    // Browsers say where a request comes from; programs that are no browsers send neither header.
    private static bool IsCrossSite(HttpRequest request) =>
        request.Headers["Sec-Fetch-Site"].ToString() is var site && site.Length > 0
            ? site is not ("same-origin" or "none")
            : request.Headers.Origin.ToString() is { Length: > 0 } origin
                && !(Uri.TryCreate(origin, UriKind.Absolute, out var from) && from.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase));
}
