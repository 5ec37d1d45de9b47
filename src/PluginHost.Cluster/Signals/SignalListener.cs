using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using PluginHost.Cluster.Postgres;

namespace PluginHost.Cluster.Signals;

/// <summary>Hears what the database and the other nodes say, and looks for it anyway from time to time.</summary>
internal sealed partial class SignalListener(PostgresSource source, Inbox inbox, TimeProvider time, ILogger<SignalListener> logger) : BackgroundService
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly Channel<string> _heard = Channel.CreateUnbounded<string>(new() { SingleReader = true });

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(ListenAsync(stoppingToken), HandleAsync(stoppingToken));

    private async Task ListenAsync(CancellationToken stoppingToken)
    {
        for (var isAway = false; !stoppingToken.IsCancellationRequested;)
        {
            try
            {
                await using var connection = await source.OpenAsync(stoppingToken);
                connection.Notification += (_, notification) => _heard.Writer.TryWrite(notification.Payload);
                await using (var listen = new NpgsqlCommand($"LISTEN {source.Channel}", connection))
                {
                    await listen.ExecuteNonQueryAsync(stoppingToken);
                }

                for (isAway = false; ;)
                {
                    // What was said while nobody listened, or got lost, is found so.
                    _heard.Writer.TryWrite(Inbox.LookAtAll);
                    await HearAsync(connection, stoppingToken);
                    await using var alive = new NpgsqlCommand("SELECT 1", connection);
                    await alive.ExecuteNonQueryAsync(stoppingToken);
                }
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                if (!isAway)
                {
                    LogFailed(failure);
                }

                isAway = true;
                await Task.Delay(Pause, time, stoppingToken);
            }
        }
    }

    /// <summary>Hears whatever is said until it is time to look for everything.</summary>
    private async Task HearAsync(NpgsqlConnection connection, CancellationToken stoppingToken)
    {
        // Less than a millisecond would be taken for no limit.
        for (var begun = time.GetTimestamp(); LookInterval - time.GetElapsedTime(begun) is { TotalMilliseconds: >= 1 } left;)
        {
            await connection.WaitAsync(left, stoppingToken);
        }
    }

    private async Task HandleAsync(CancellationToken stoppingToken)
    {
        await foreach (var signal in _heard.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                await inbox.HandleAsync(signal.Split(' '), stoppingToken);
            }
            catch (NpgsqlException) when (signal == Inbox.LookAtAll)
            {
                // The database is away, which is said elsewhere.
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                LogNotHandled(failure, signal);
            }
        }
    }

    [LoggerMessage(EventId = 1110, Level = LogLevel.Warning, Message = "What other nodes say cannot be heard at present; it is tried again.")]
    private partial void LogFailed(Exception failure);

    [LoggerMessage(EventId = 1111, Level = LogLevel.Warning, Message = "What was heard, '{Signal}', could not be carried out; it is looked for again in a few seconds.")]
    private partial void LogNotHandled(Exception failure, string signal);
}
