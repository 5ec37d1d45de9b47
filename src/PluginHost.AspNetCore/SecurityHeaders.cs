using Microsoft.AspNetCore.Http;

namespace PluginHost.AspNetCore;

/// <summary>What a page of ours may do in a browser: load its own files, and nothing else.</summary>
internal sealed class SecurityHeaders(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";

        // What the host answers is true now; nobody keeps it for later.
        headers.CacheControl = "no-store";
        return next(context);
    }
}
