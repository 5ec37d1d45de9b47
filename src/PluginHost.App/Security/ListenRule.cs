using System.Net;

namespace PluginHost.App.Security;

/// <summary>Where the host may listen: on loopback, and elsewhere only when people have to sign in.</summary>
internal static class ListenRule
{
    /// <summary>The addresses that others than this machine reach.</summary>
    public static IReadOnlyList<string> Elsewhere(IConfiguration configuration) =>
        [.. (configuration["urls"] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries).Concat(KestrelUrls(configuration)).Where(url => !IsLoopback(url))];

    /// <exception cref="UsageException">It is to listen elsewhere, and nobody could sign in.</exception>
    public static void Check(IReadOnlyList<string> elsewhere, bool canSignIn)
    {
        if (elsewhere.Count > 0 && !canSignIn)
        {
            throw new UsageException(
                $"The host does not listen on '{elsewhere[0]}': whoever reaches it can run code here, and no authentication is configured. Add a key (pluginhost keys add NAME --role admin, with the same --data), or set {OpenIdConnectSettings.Section}; or listen on 127.0.0.1.");
        }
    }

    // Endpoints of Kestrel's own section take the place of "urls".
    private static IEnumerable<string> KestrelUrls(IConfiguration configuration) =>
        configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"] ?? "");

    // Kestrel listens everywhere for a host name that it does not know, and "localhost" is the only one that it knows.
    private static bool IsLoopback(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out _)
        && BindingAddress.Parse(url).Host is var host
        && (host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address)));
}
