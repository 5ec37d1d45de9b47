using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace PluginHost.AspNetCore;

/// <summary>Names the span of a request after the endpoint that answers it: the application knows only the one door to all of them.</summary>
internal sealed class RequestSpan(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpActivityFeature>()?.Activity is { IsAllDataRequested: true } span && context.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } route })
        {
            var whole = context.Request.PathBase + route;
            span.DisplayName = $"{context.Request.Method} {whole}";
            span.SetTag("http.route", whole);
        }

        return next(context);
    }
}
