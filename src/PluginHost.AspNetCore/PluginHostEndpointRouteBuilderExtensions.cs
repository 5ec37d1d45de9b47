using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using PluginHost.AspNetCore;

namespace PluginHost;

/// <summary>Maps the API and the pages of a plugin host into an application.</summary>
public static class PluginHostEndpointRouteBuilderExtensions
{
    private const string Rest = "pluginHostPath";

    /// <summary>Maps the pages, the API (<c>api/v1</c>), the health checks and the metrics under a path.</summary>
    /// <param name="endpoints">The application's endpoints.</param>
    /// <param name="pattern">The path, such as <c>/scripts</c>. The default is the root.</param>
    /// <returns>Adds conventions that cover all of it, for example <c>RequireAuthorization()</c>.</returns>
    /// <exception cref="InvalidOperationException">AddPluginHost was not called.</exception>
    public static IEndpointConventionBuilder MapPluginHost(
        this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string pattern = "/")
    {
        if (endpoints.ServiceProvider.GetService<IPluginHost>() is null)
        {
            throw new InvalidOperationException(
                "MapPluginHost needs the plugin host's services, and they are not registered. Add this line before Build(): builder.Services.AddPluginHost();");
        }

        var inner = InnerPipeline.Build(endpoints.ServiceProvider);

        // A pipeline of its own with one door: its routes cannot collide with the application's, and whatever is
        // required at the door is required of everything behind it.
        return endpoints.Map($"{pattern.TrimEnd('/')}/{{**{Rest}}}", context => EnterAsync(context, inner))
            .WithDisplayName("PluginHost")
            .ExcludeFromDescription();
    }

    private static async Task EnterAsync(HttpContext context, RequestDelegate inner)
    {
        var (path, pathBase, endpoint, values) = (context.Request.Path, context.Request.PathBase, context.GetEndpoint(), context.Request.RouteValues);

        // What precedes the rest is where we are mounted: the pattern, and that of a group around it.
        var rest = values[Rest] as string ?? "";
        var mount = path.Value![..^rest.Length];
        if (!mount.EndsWith('/'))
        {
            // Relative links on the page need the closing slash.
            context.Response.Redirect($"{pathBase}{path}/{context.Request.QueryString}");
            return;
        }

        context.Request.PathBase = pathBase + new PathString(mount.TrimEnd('/'));
        context.Request.Path = "/" + rest;
        context.Request.RouteValues = [];
        context.SetEndpoint(null);
        try
        {
            await inner(context);
        }
        finally
        {
            (context.Request.Path, context.Request.PathBase, context.Request.RouteValues) = (path, pathBase, values);
            context.SetEndpoint(endpoint);
        }
    }
}
