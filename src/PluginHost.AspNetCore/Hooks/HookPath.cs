using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace PluginHost.AspNetCore.Hooks;

/// <summary>Tells webhooks from the rest behind the door: servers that send them cannot sign in.</summary>
internal sealed class HookPath : IRouteConstraint
{
    public bool Match(HttpContext? httpContext, IRouter? route, string routeKey, RouteValueDictionary values, RouteDirection routeDirection) =>
        values[routeKey] is string rest && rest.StartsWith("api/v1/hooks/", StringComparison.OrdinalIgnoreCase);
}
