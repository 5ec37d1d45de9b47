using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PluginHost.Cluster.Nodes;
using PluginHost.Cluster.Postgres;
using PluginHost.History;
using PluginHost.Hosting;

namespace PluginHost.Cluster.Signals;

/// <summary>Tells the other nodes what has changed on this one, several changes at a time.</summary>
internal sealed partial class EventForwarder(HostEvents events, HistoryDatabase database, Node node, PostgresSource source, TimeProvider time, ILogger<EventForwarder> logger) : BackgroundService
{
    // PostgreSQL takes 8,000 bytes, and an id at most some 200.
    private const int InOneSignal = 30;
    private const int AtOnce = 10 * InOneSignal;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly Channel<HostEvent> _changes = Channel.CreateBounded<HostEvent>(new BoundedChannelOptions(10_000) { FullMode = BoundedChannelFullMode.DropOldest });

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(CollectAsync(stoppingToken), SendAsync(stoppingToken));

    private async Task CollectAsync(CancellationToken stoppingToken)
    {
        await foreach (var change in events.WatchOwnAsync(stoppingToken))
        {
            // What is built and fetched is each node's own.
            if (change.Kind is HostEventKind.Run or HostEventKind.Script)
            {
                _changes.Writer.TryWrite(change);
            }
        }
    }

    private async Task SendAsync(CancellationToken stoppingToken)
    {
        while (await _changes.Reader.WaitToReadAsync(stoppingToken))
        {
            await Task.Delay(Pause, time, stoppingToken);
            var together = new HashSet<string>(StringComparer.Ordinal);
            while (together.Count < AtOnce && _changes.Reader.TryRead(out var change))
            {
                together.Add($"{change.Kind}:{change.Id}");
            }

            try
            {
                await database.WriteAsync(
                    connection =>
                    {
                        foreach (var some in together.Chunk(InOneSignal))
                        {
                            Signal.Send(connection, source, [Signal.Event, node.Id, .. some]);
                        }

                        return true;
                    },
                    stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                // Pages ask again by themselves after a while.
                LogFailed(failure);
            }
        }
    }

    [LoggerMessage(EventId = 1112, Level = LogLevel.Debug, Message = "Other nodes could not be told of a change.")]
    private partial void LogFailed(Exception failure);
}
