using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PluginHost.AspNetCore.Access;

namespace PluginHost.AspNetCore.Pages;

/// <summary>Renders a component, in the layout, to plain HTML.</summary>
/// <remarks>No circuit, no Blazor set-up in the application: a page is a function of what the host answers, under any path.</remarks>
internal static class PageRenderer
{
    // With the application's services, what it set up for Blazor would take part: its NavigationManager, which fails
    // outside of its own pages, or an activator of components. Our pages ask for no service.
    private static readonly IServiceProvider NoServices = new ServiceCollection().BuildServiceProvider();

    public static async Task<IResult> RenderAsync<TPage>(HttpContext context, string title, Dictionary<string, object?> parameters)
        where TPage : IComponent
    {
        // There is none where the request was refused before anybody looked who asks.
        var caller = context.Features.Get<Caller>();
        var (isOperator, isAdmin) = caller is null ? (false, false) : (await caller.MayAsync(Need.Operator), await caller.MayAsync(Need.Admin));
        return await RenderWholeAsync<Layout>(context, new()
        {
            ["Title"] = title,
            ["BasePath"] = $"{context.Request.PathBase}/",
            ["Section"] = context.Request.Path.Value!.Split('/')[1],
            ["IsOperator"] = isOperator,
            ["IsAdmin"] = isAdmin,
            ["User"] = caller?.Name,
            ["SignOutPath"] = caller?.SignOutPath,
            ["Page"] = typeof(TPage),
            ["Parameters"] = parameters,
        });
    }

    /// <summary>Renders a component that is a whole page by itself, without the layout.</summary>
    public static async Task<IResult> RenderWholeAsync<TPage>(HttpContext context, Dictionary<string, object?> parameters)
        where TPage : IComponent =>
        Html(context, "<!DOCTYPE html>\n" + await RenderAsync<TPage>(context, parameters));

    /// <summary>Renders a component by itself, for a page that asks for it when it is there.</summary>
    public static async Task<IResult> RenderPartAsync<TPart>(HttpContext context, Dictionary<string, object?> parameters)
        where TPart : IComponent =>
        Html(context, await RenderAsync<TPart>(context, parameters));

    private static async Task<string> RenderAsync<T>(HttpContext context, Dictionary<string, object?> parameters)
        where T : IComponent
    {
        await using var renderer = new HtmlRenderer(NoServices, context.RequestServices.GetRequiredService<ILoggerFactory>());
        return await renderer.Dispatcher.InvokeAsync(async () => (await renderer.RenderComponentAsync<T>(ParameterView.FromDictionary(parameters))).ToHtmlString());
    }

    private static IResult Html(HttpContext context, string html) => Results.Content(html, "text/html; charset=utf-8", statusCode: context.Response.StatusCode);
}
