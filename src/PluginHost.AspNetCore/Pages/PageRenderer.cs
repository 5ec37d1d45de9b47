using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.AspNetCore.Components.Web.HtmlRendering;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PluginHost.AspNetCore.Access;

namespace PluginHost.AspNetCore.Pages;

/// <summary>Renders a component, in the layout, to plain HTML.</summary>
/// <remarks>No circuit, no Blazor set-up in the application: a page is a function of what the host answers, under any path.</remarks>
internal static class PageRenderer
{
    private const string DocType = "<!DOCTYPE html>\n";
    public const string HtmlType = "text/html; charset=utf-8";

    // With the application's services, what it set up for Blazor would take part: its NavigationManager, which fails
    // outside of its own pages, or an activator of components. Our pages ask for no service.
    private static readonly IServiceProvider NoServices = new ServiceCollection().BuildServiceProvider();

    public static async Task<IResult> RenderAsync<TPage>(HttpContext context, string title, Dictionary<string, object?> parameters)
        where TPage : IComponent =>
        await RenderWholeAsync<Layout>(context, With<TPage>(await FrameAsync(context, title), parameters));

    /// <summary>Renders a component as above, once for all who look at the same page at the same time and may do the same there.</summary>
    /// <param name="pages">Where they meet.</param>
    /// <param name="context">The request.</param>
    /// <param name="title">The page's title.</param>
    /// <param name="query">What of the address the page depends on; null when it depends on none of it.</param>
    /// <param name="read">Reads what the page shows. It may outlive the request, so it must not use anything of it.</param>
    public static async Task<IResult> RenderSharedAsync<TPage>(SharedAnswers pages, HttpContext context, string title, RunQuery? query, Func<Task<Dictionary<string, object?>>> read)
        where TPage : IComponent
    {
        var frame = await FrameAsync(context, title);
        var loggers = context.RequestServices.GetRequiredService<ILoggerFactory>();
        return await pages.GetAsync(
            $"{query} {string.Join('\n', frame.Values)}",
            async () => await RenderAsync<Layout, SharedHtml>(loggers, With<TPage>(frame, await read()), html => SharedHtml.Write(writer =>
            {
                writer.Write(DocType);
                html.WriteHtmlTo(writer);
            })),
            context.RequestAborted);
    }

    /// <summary>Renders a component that is a whole page by itself, without the layout.</summary>
    public static async Task<IResult> RenderWholeAsync<TPage>(HttpContext context, Dictionary<string, object?> parameters)
        where TPage : IComponent =>
        Html(context, DocType + await RenderAsync<TPage>(LoggersOf(context), parameters));

    /// <summary>Renders a component by itself, for a page that asks for it when it is there.</summary>
    public static async Task<IResult> RenderPartAsync<TPart>(HttpContext context, Dictionary<string, object?> parameters)
        where TPart : IComponent =>
        Html(context, await RenderAsync<TPart>(LoggersOf(context), parameters));

    /// <summary>What stands around a page: where it is, who looks at it, and what they may do.</summary>
    private static async Task<Dictionary<string, object?>> FrameAsync(HttpContext context, string title)
    {
        // There is none where the request was refused before anybody looked who asks.
        var caller = context.Features.Get<Caller>();
        var (isOperator, isAdmin) = caller is null ? (false, false) : (await caller.MayAsync(Need.Operator), await caller.MayAsync(Need.Admin));
        return new()
        {
            ["Title"] = title,
            ["BasePath"] = $"{context.Request.PathBase}/",
            ["Section"] = context.Request.Path.Value!.Split('/')[1],
            ["IsOperator"] = isOperator,
            ["IsAdmin"] = isAdmin,
            ["User"] = caller?.Name,
            ["SignOutPath"] = caller?.SignOutPath,
        };
    }

    private static Dictionary<string, object?> With<TPage>(Dictionary<string, object?> frame, Dictionary<string, object?> parameters) =>
        new(frame) { ["Page"] = typeof(TPage), ["Parameters"] = parameters };

    private static ILoggerFactory LoggersOf(HttpContext context) => context.RequestServices.GetRequiredService<ILoggerFactory>();

    private static Task<string> RenderAsync<T>(ILoggerFactory loggers, Dictionary<string, object?> parameters)
        where T : IComponent =>
        RenderAsync<T, string>(loggers, parameters, html => html.ToHtmlString());

    private static async Task<TResult> RenderAsync<T, TResult>(ILoggerFactory loggers, Dictionary<string, object?> parameters, Func<HtmlRootComponent, TResult> write)
        where T : IComponent
    {
        await using var renderer = Create(loggers);
        return await renderer.Dispatcher.InvokeAsync(async () => write(await renderer.RenderComponentAsync<T>(ParameterView.FromDictionary(parameters))));
    }

    public static HtmlRenderer Create(ILoggerFactory loggers) => new(NoServices, loggers);

    private static IResult Html(HttpContext context, string html) => Results.Content(html, HtmlType, statusCode: context.Response.StatusCode);
}
