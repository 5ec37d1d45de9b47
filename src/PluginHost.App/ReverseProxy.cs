using Microsoft.AspNetCore.HttpOverrides;

namespace PluginHost.App;

/// <summary>The path under which a reverse proxy shows the ready host to its callers.</summary>
internal static class ReverseProxy
{
    /// <summary>Where the path is configured when the proxy leaves it on the requests.</summary>
    public const string Setting = $"{PluginHostOptions.SectionName}:PathBase";

    public static void AddReverseProxy(this WebApplicationBuilder builder) =>
        // Heard only with ASPNETCORE_FORWARDEDHEADERS_ENABLED, which by itself hears who asks and whether by https.
        builder.Services.Configure<ForwardedHeadersOptions>(options => options.ForwardedHeaders |= ForwardedHeaders.XForwardedPrefix);

    /// <exception cref="UsageException">The path cannot be one.</exception>
    public static void UseReverseProxy(this WebApplication app)
    {
        app.UsePathBase(PathOf(app.Configuration));

        // Routes are looked for after that, not before everything else as an application has it by itself.
        app.UseRouting();
    }

    /// <summary>The configured path, without a slash at its end; empty when there is none.</summary>
    public static string PathOf(IConfiguration configuration) => configuration[Setting]?.TrimEnd('/') switch
    {
        null or "" => "",
        ['/', not '/', ..] path when Uri.IsWellFormedUriString(path, UriKind.Relative) && !path.Contains('?', StringComparison.Ordinal) => path,
        var other => throw new UsageException($"{Setting} '{other}' is no path. Write it as /scripts: what the reverse proxy's address has before the host's own paths."),
    };
}
