namespace PluginHost.App;

/// <summary>What a connection may cost the ready host before it has asked for anything.</summary>
internal static class ConnectionLimits
{
    // Headers of ours are sent at once; Kestrel itself would wait for three times as long.
    private static readonly TimeSpan HeadersLimit = TimeSpan.FromSeconds(10);

    // Several times what a large team has open at once, and less than what the host can bear. Whoever asks
    // and does not read is held, too: Kestrel counts what the network took from it in their favour.
    private const int MostConnections = 10_000;

    public static void AddConnectionLimits(this WebApplicationBuilder builder) => builder.WebHost.ConfigureKestrel(kestrel =>
    {
        kestrel.Limits.RequestHeadersTimeout = HeadersLimit;
        kestrel.Limits.MaxConcurrentConnections = MostConnections;
        kestrel.AddServerHeader = false;
    });
}
