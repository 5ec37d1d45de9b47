using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;
using PluginHost.AspNetCore;
using PluginHost.AspNetCore.Hooks;

namespace PluginHost;

/// <summary>Maps the API and the pages of a plugin host into an application.</summary>
public static class PluginHostEndpointRouteBuilderExtensions
{
    private const string Rest = "pluginHostPath";

    /// <summary>Maps the pages, the API (<c>api/v1</c>), the health checks and the metrics under a path.</summary>
    /// <param name="endpoints">The application's endpoints.</param>
    /// <param name="pattern">The path, such as <c>/scripts</c>. The default is the root.</param>
    /// <param name="configure">Says which policies callers must fulfil. Without it there are no roles.</param>
    /// <returns>
    /// Adds conventions that cover all of it, for example <c>RequireAuthorization()</c>; but for webhooks, which are
    /// signed with the secret of their source and come from servers that cannot sign in.
    /// </returns>
    /// <exception cref="InvalidOperationException">AddPluginHost was not called, or AddAuthorization although there are policies.</exception>
    public static IEndpointConventionBuilder MapPluginHost(
        this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string pattern = "/", Action<PluginHostEndpointOptions>? configure = null)
    {
        if (endpoints.ServiceProvider.GetService<IPluginHost>() is null)
        {
            throw new InvalidOperationException(
                "MapPluginHost needs the plugin host's services, and they are not registered. Add this line before Build(): builder.Services.AddPluginHost();");
        }

        var options = new PluginHostEndpointOptions();
        configure?.Invoke(options);
        if ((options.ViewerPolicy ?? options.OperatorPolicy ?? options.AdminPolicy) is { } policy && endpoints.ServiceProvider.GetService<IPolicyEvaluator>() is null)
        {
            throw new InvalidOperationException(
                $"MapPluginHost is to ask for the policy '{policy}', and the services for that are not registered. Add this line before Build(): builder.Services.AddAuthorization();");
        }

        var inner = InnerPipeline.Build(endpoints.ServiceProvider, options);
        RequestDelegate enter = context => EnterAsync(context, inner);
        var door = $"{pattern.TrimEnd('/')}/{{**{Rest}}}";
        endpoints.Map(RoutePatternFactory.Parse(door, null, new RouteValueDictionary { [Rest] = new HookPath() }), enter)
            .WithDisplayName("PluginHost webhooks")
            .WithMetadata(new AllowAnonymousAttribute())
            .ExcludeFromDescription();

        // A pipeline of its own with one door: its routes cannot collide with the application's, and whatever is
        // required at the door is required of everything behind it.
        return endpoints.Map(door, enter).WithDisplayName("PluginHost").ExcludeFromDescription();
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

        context.Features.Set(new ApplicationBase(pathBase));
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
