using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Mvc;
using PluginHost.AspNetCore.Access;
using PluginHost.AspNetCore.Pages;
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
            ? Results.LocalRedirect("~/")
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

            await audit.RecordAsync(new AuditRequest(AuditAction.SignIn, key.Name, Caller.AddressOf(context), null), AuditOutcome.Done, cancellationToken: context.RequestAborted);
            await context.SignInAsync(Visitor.With(key, CookieAuthenticationDefaults.AuthenticationScheme));
            return Results.LocalRedirect(Local(context.Request, form["to"]));
        }).WithMetadata(new RequestSizeLimitAttribute(LargestForm));
        app.MapPost(SignOut, async (HttpContext context, IAuditLog audit) =>
        {
            if (context.User.Identity is { IsAuthenticated: true, Name: { } name })
            {
                await audit.RecordAsync(new AuditRequest(AuditAction.SignOut, name, Caller.AddressOf(context), null), AuditOutcome.Done, cancellationToken: context.RequestAborted);
            }

            await context.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
            return Results.LocalRedirect($"~{SignIn}");
        });
        if (hasOpenIdConnect)
        {
            app.MapGet("/sign-in/openid", (HttpRequest request, string? to) => Results.Challenge(new AuthenticationProperties { RedirectUri = Local(request, to) }, [OpenIdConnectDefaults.AuthenticationScheme]));
            app.MapGet(SignedInPath, (HttpContext context, string? to) => PageRenderer.RenderWholeAsync<SignedInPage>(context, new() { ["To"] = Local(context.Request, to) }));
        }
    }

    /// <summary>A path of this host; whatever else is asked for, its first page.</summary>
    private static string Local(HttpRequest request, string? path) =>
        path is ['/'] or ['/', not ('/' or '\\'), ..] && !path.Any(char.IsControl) ? path : $"{request.PathBase}/";

    private static Task<IResult> PageAsync(HttpContext context, int status, string? to, string? error, bool hasOpenIdConnect)
    {
        context.Response.StatusCode = status;
        return PageRenderer.RenderWholeAsync<SignInPage>(context, new()
        {
            ["BasePath"] = $"{context.Request.PathBase}/", ["To"] = Local(context.Request, to), ["Error"] = error, ["HasOpenIdConnect"] = hasOpenIdConnect,
        });
    }
}
