using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using PluginHost.AspNetCore.Access;

namespace PluginHost.App.Security;

/// <summary>Signs people in by a provider, and says what its claims allow them here.</summary>
internal static class OpenIdConnectSignIn
{
    public static void AddOpenIdConnect(this AuthenticationBuilder builder, OpenIdConnectSettings settings) => builder.AddOpenIdConnect(options =>
    {
        options.Authority = settings.Authority;
        options.ClientId = settings.ClientId;
        options.ClientSecret = settings.ReadSecret();
        options.CallbackPath = "/sign-in/callback";
        options.SignInScheme = CookieAuthenticationDefaults.AuthenticationScheme;
        options.RequireHttpsMetadata = !new Uri(settings.Authority!).IsLoopback;
        options.ResponseType = OpenIdConnectResponseType.Code;

        // The answer comes as a link. A form that another site's page posts would be refused as one.
        options.ResponseMode = OpenIdConnectResponseMode.Query;
        options.CorrelationCookie.SameSite = options.NonceCookie.SameSite = SameSiteMode.Lax;
        options.CorrelationCookie.SecurePolicy = options.NonceCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.MapInboundClaims = false;
        options.GetClaimsFromUserInfoEndpoint = true;
        options.ClaimActions.MapJsonKey(settings.RoleClaim, settings.RoleClaim);
        foreach (var scope in settings.Scopes)
        {
            options.Scope.Add(scope);
        }

        options.Events = new OpenIdConnectEvents { OnTicketReceived = context => ReceiveAsync(context, settings), OnRemoteFailure = FailAsync };
    });

    private static async Task ReceiveAsync(TicketReceivedContext context, OpenIdConnectSettings settings)
    {
        var user = context.Principal!;
        var name = new[] { "preferred_username", "email", "name", "sub" }.Select(claim => user.FindFirst(claim)?.Value).First(value => value is not null)!;
        var role = settings.RoleOf(user.FindAll(settings.RoleClaim).Select(claim => claim.Value));
        context.Principal = Visitor.With(name, role, OpenIdConnectDefaults.AuthenticationScheme);
        context.Properties!.IsPersistent = false;
        await AuditOf(context.HttpContext).RecordAsync(
            new AuditRequest(AuditAction.SignIn, name, Caller.AddressOf(context.HttpContext), null),
            AuditOutcome.Done,
            role is null ? $"No value of the claim '{settings.RoleClaim}' gives a role, so everything is refused." : null,
            context.HttpContext.RequestAborted);
        context.ReturnUri = $"{context.Request.PathBase}{SignInEndpoints.SignedInPath}?to={Uri.EscapeDataString(context.ReturnUri ?? $"{context.Request.PathBase}/")}";
    }

    private static async Task FailAsync(RemoteFailureContext context)
    {
        await context.HttpContext.RequestServices.GetRequiredService<FailedSignIns>().RecordAsync(context.HttpContext, context.Failure?.Message ?? "The provider refused.");
        context.Response.Redirect($"{context.Request.PathBase}{SignInEndpoints.SignIn}?error=1");
        context.HandleResponse();
    }

    private static IAuditLog AuditOf(HttpContext context) => context.RequestServices.GetRequiredService<IAuditLog>();
}
