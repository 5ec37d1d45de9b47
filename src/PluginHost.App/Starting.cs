namespace PluginHost.App;

/// <summary>The start of the host. Of one that fails, <see cref="ReadyHost"/> tells in a sentence what the framework's own logger tells in pages.</summary>
internal sealed class Starting
{
    private const string Framework = "Microsoft.Extensions.Hosting.Internal.Host";

    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);

    private volatile bool _hasEnded;

    public bool HasEnded => _hasEnded;

    public void End() => _hasEnded = true;

    /// <summary>Keeps the framework from logging the exception that ends the start; what ends a host later it tells, and at once what is critical.</summary>
    public void Quieten(ILoggingBuilder logging) =>
        logging.AddFilter(Framework, level => level >= LogLevel.Critical || (_hasEnded && level >= LogLevel.Warning));

    /// <summary>Starts the host.</summary>
    /// <exception cref="Exception">It could not be started.</exception>
    public static async Task RunAsync(IHost host, CancellationToken cancellationToken)
    {
        try
        {
            await host.StartAsync(cancellationToken);
        }
        catch
        {
            // What has been started already is stopped, and not only disposed of: that would count as its failure.
            await StopAsync(host);
            throw;
        }
    }

    private static async Task StopAsync(IHost host)
    {
        using var limit = new CancellationTokenSource(StopLimit);
        try
        {
            await host.StopAsync(limit.Token);
        }
        catch (Exception)
        {
            // Why the start failed is what there is to tell.
        }
    }
}
