using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using PluginHost.AspNetCore;
using PluginHost.History;

namespace PluginHost.App.Security;

/// <summary>Who may use the ready host.</summary>
internal static class ReadyHostSecurity
{
    private const string ByHeader = "PluginHost";
    private const string LoopbackNames = "localhost;127.0.0.1;[::1]";

    private static readonly TimeSpan Session = TimeSpan.FromHours(8);

    /// <exception cref="UsageException">The host would be open to others, or what is configured is not whole.</exception>
    public static void AddSecurity(this WebApplicationBuilder builder)
    {
        var data = builder.Configuration[$"{PluginHostOptions.SectionName}:{nameof(PluginHostOptions.DataDirectory)}"]!;
        var openIdConnect = OpenIdConnectSettings.Read(builder.Configuration);
        var elsewhere = ListenRule.Elsewhere(builder.Configuration);
        ListenRule.Check(elsewhere, openIdConnect is not null || KeyFile.HasKeys(data));

        // On loopback another site must not pass for this host by a name of its own; elsewhere the host has names that
        // it cannot know, and asks for a sign-in, which belongs to a name.
        builder.Configuration["AllowedHosts"] ??= elsewhere.Count == 0 ? LoopbackNames : "*";
        builder.Services.AddSingleton(services => new Door(services.GetRequiredService<AccessKeyStore>(), mayBeOpen: elsewhere.Count == 0 && openIdConnect is null));
        builder.Services.AddSingleton<FailedSignIns>();
        builder.Services.AddSingleton<SessionEvents>();
        builder.Services.AddSingleton<IAuthorizationHandler, RoleHandler>();
        var policies = builder.Services.AddAuthorizationBuilder();
        foreach (var role in Enum.GetValues<AccessRole>())
        {
            policies.AddPolicy(PolicyOf(role), policy => policy.AddRequirements(new RoleRequirement(role)));
        }

        builder.Services.AddDataProtection().SetApplicationName("pluginhost").PersistKeysToFileSystem(PrivateFolder(Path.Combine(data, "keys")));
        var authentication = builder.Services
            .AddAuthentication(options => (options.DefaultScheme, options.DefaultSignInScheme) = (ByHeader, CookieAuthenticationDefaults.AuthenticationScheme))
            .AddPolicyScheme(ByHeader, null, options => options.ForwardDefaultSelector = context =>
                context.Request.Headers.Authorization.Count > 0 ? KeyHandler.Bearer : CookieAuthenticationDefaults.AuthenticationScheme)
            .AddScheme<AuthenticationSchemeOptions, KeyHandler>(KeyHandler.Bearer, null)
            .AddCookie(options =>
            {
                options.Cookie.Name = "pluginhost";
                options.Cookie.HttpOnly = true;
                options.Cookie.SameSite = SameSiteMode.Strict;
                options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
                options.ExpireTimeSpan = Session;
                options.SlidingExpiration = true;
                options.LoginPath = SignInEndpoints.SignIn;
                options.ReturnUrlParameter = "to";
                options.EventsType = typeof(SessionEvents);
            });
        if (openIdConnect is not null)
        {
            builder.Services.AddSingleton(openIdConnect);
            authentication.AddOpenIdConnect(openIdConnect);
        }
    }

    public static void UseSecurity(this WebApplication app)
    {
        app.UseMiddleware<SecurityHeaders>();
        app.UseMiddleware<Problems>();
        app.UseMiddleware<CrossSiteGuard>();
        app.UseAuthentication();
        app.MapSignIn(hasOpenIdConnect: app.Services.GetService<OpenIdConnectSettings>() is not null);
    }

    public static void AskForRoles(PluginHostEndpointOptions options)
    {
        options.ViewerPolicy = PolicyOf(AccessRole.Viewer);
        options.OperatorPolicy = PolicyOf(AccessRole.Operator);
        options.AdminPolicy = PolicyOf(AccessRole.Admin);
        options.SignOutPath = SignInEndpoints.SignOut;
    }

    private static string PolicyOf(AccessRole role) => role.ToString();

    // Whoever reads these keys can make a session.
    private static DirectoryInfo PrivateFolder(string path) => OperatingSystem.IsWindows()
        ? Directory.CreateDirectory(path)
        : Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
}
