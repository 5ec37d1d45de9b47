using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using PluginHost.AspNetCore;
using PluginHost.History;

namespace PluginHost.App.Security;

/// <summary>What a browser's session is asked each time.</summary>
internal sealed class SessionEvents(AccessKeyStore keys) : CookieAuthenticationEvents
{
    public override async Task ValidatePrincipal(CookieValidatePrincipalContext context)
    {
        // Whoever signed in with a key that was removed is signed out.
        if (Visitor.KeyOf(context.Principal) is { } hash && keys.Find(hash) is null)
        {
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        }
    }

    public override Task RedirectToLogin(RedirectContext<CookieAuthenticationOptions> context)
    {
        // A person is led to the page; a program could do nothing with it.
        if (Problems.IsForAPerson(context.Request))
        {
            context.Response.Redirect(context.RedirectUri);
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            context.Response.Headers.WWWAuthenticate = KeyHandler.Bearer;
        }

        return Task.CompletedTask;
    }
}
