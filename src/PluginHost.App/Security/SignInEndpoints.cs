using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.AspNetCore.Mvc;
using PluginHost.History;

namespace PluginHost.App.Security;

/// <summary>Where people sign in and out.</summary>
internal static class SignInEndpoints
{
    public const string SignIn = "/sign-in";
    public const string SignedInPath = "/sign-in/done";
    public const string SignOut = "/sign-out";

    private const int LargestForm = 16 * 1024;

    public static void MapSignIn(this WebApplication app, bool hasOpenIdConnect)
    {
        app.MapGet(SignIn, async (HttpContext context, Door door, string? to, string? error) => door.IsOpen
            ? Results.LocalRedirect("/")
            : await PageAsync(context, StatusCodes.Status200OK, to, error is null ? null : "The sign-in did not succeed. The audit log says why.", hasOpenIdConnect));
        app.MapPost(SignIn, async (HttpContext context, AccessKeyStore keys, FailedSignIns failed, IAuditLog audit) =>
        {
            var form = await context.Request.ReadFormAsync(context.RequestAborted);
            if (keys.Find(AccessKey.HashOf(form["key"].ToString().Trim())) is not { } key)
            {
                var status = await failed.RecordAsync(context, "A key that is not known here was entered.");
                return await PageAsync(
                    context, status, form["to"], status == StatusCodes.Status401Unauthorized ? "This key is not known here." : "These were too many wrong keys. Wait a minute.", hasOpenIdConnect);
            }

            await audit.RecordAsync(new AuditRequest(AuditAction.SignIn, key.Name, AddressOf(context), null), AuditOutcome.Done, cancellationToken: context.RequestAborted);
            await context.SignInAsync(Visitor.With(key, CookieAuthenticationDefaults.AuthenticationScheme));
            return Results.LocalRedirect(Local(form["to"]));
        }).WithMetadata(new RequestSizeLimitAttribute(LargestForm));
        app.MapPost(SignOut, async (HttpContext context, IAuditLog audit) =>
        {
            if (context.User.Identity is { IsAuthenticated: true, Name: { } name })
            {
                await audit.RecordAsync(new AuditRequest(AuditAction.SignOut, name, AddressOf(context), null), AuditOutcome.Done, cancellationToken: context.RequestAborted);
            }

            await context.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
            return Results.LocalRedirect(SignIn);
        });
        if (hasOpenIdConnect)
        {
            app.MapGet("/sign-in/openid", (string? to) => Results.Challenge(new AuthenticationProperties { RedirectUri = Local(to) }, [OpenIdConnectDefaults.AuthenticationScheme]));
            app.MapGet(SignedInPath, (HttpContext context, string? to) => RenderAsync<SignedInPage>(context, StatusCodes.Status200OK, new() { ["To"] = Local(to) }));
        }
    }

    public static string? AddressOf(HttpContext context) => context.Connection.RemoteIpAddress?.ToString();

    /// <summary>A path of this host; whatever else is asked for, its first page.</summary>
    public static string Local(string? path) => path is ['/'] or ['/', not ('/' or '\\'), ..] && !path.Any(char.IsControl) ? path : "/";

    private static Task<IResult> PageAsync(HttpContext context, int status, string? to, string? error, bool hasOpenIdConnect) =>
        RenderAsync<SignInPage>(context, status, new() { ["To"] = Local(to), ["Error"] = error, ["HasOpenIdConnect"] = hasOpenIdConnect });

    private static async Task<IResult> RenderAsync<TPage>(HttpContext context, int status, Dictionary<string, object?> parameters) where TPage : IComponent
    {
        await using var renderer = new HtmlRenderer(context.RequestServices, context.RequestServices.GetRequiredService<ILoggerFactory>());
        var html = await renderer.Dispatcher.InvokeAsync(async () => (await renderer.RenderComponentAsync<TPage>(ParameterView.FromDictionary(parameters))).ToHtmlString());
        return Results.Content("<!DOCTYPE html>\n" + html, "text/html; charset=utf-8", statusCode: status);
    }
}
