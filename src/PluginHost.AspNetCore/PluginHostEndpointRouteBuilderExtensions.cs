using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;
using PluginHost.AspNetCore;
using PluginHost.AspNetCore.Api;
using PluginHost.AspNetCore.Pages;

namespace PluginHost;

/// <summary>Maps the API and the pages of a plugin host into an application.</summary>
public static class PluginHostEndpointRouteBuilderExtensions
{
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

        var prefix = new PathString("/" + pattern.Trim('/')) is { Value.Length: > 1 } path ? path : PathString.Empty;
        var inner = BuildPipeline(endpoints);

        // A pipeline of its own with one door: its routes cannot collide with the application's, and whatever is
        // required at the door is required of everything behind it.
        return endpoints.Map(RoutePatternFactory.Parse($"{prefix}/{{**rest}}"), context => EnterAsync(context, prefix, inner))
            .WithDisplayName("PluginHost")
            .ExcludeFromDescription();
    }

    private static RequestDelegate BuildPipeline(IEndpointRouteBuilder endpoints)
    {
        var app = endpoints.CreateApplicationBuilder();
        app.UseMiddleware<SecurityHeaders>();
        app.UseMiddleware<CrossSiteGuard>();
        app.UseMiddleware<Problems>();
        app.UseRouting();
        app.UseEndpoints(routes =>
        {
            var api = routes.MapGroup("/api/v1");
            api.MapStatus();
            api.MapScripts();
            api.MapRuns();
            api.MapPlugins();
            api.MapDeployments();
            api.MapEvents();
            routes.MapHealth();
            routes.MapMetricsText();
            routes.MapPages();
        });
        app.Run(Problems.NoSuchPageAsync);
        return app.Build();
    }

    private static async Task EnterAsync(HttpContext context, PathString prefix, RequestDelegate inner)
    {
        var (path, pathBase, endpoint) = (context.Request.Path, context.Request.PathBase, context.GetEndpoint());
        path.StartsWithSegments(prefix, out var rest);
        if (!rest.HasValue && prefix.HasValue)
        {
            // Relative links on the page need the closing slash.
            context.Response.Redirect($"{pathBase}{prefix}/{context.Request.QueryString}");
            return;
        }

        context.Request.PathBase = pathBase + prefix;
        context.Request.Path = rest;
        context.SetEndpoint(null);
        context.Request.RouteValues.Clear();
        try
        {
            await inner(context);
        }
        finally
        {
            (context.Request.Path, context.Request.PathBase) = (path, pathBase);
            context.SetEndpoint(endpoint);
        }
    }
}
