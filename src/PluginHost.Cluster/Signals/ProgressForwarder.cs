using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PluginHost.Cluster.Nodes;
using PluginHost.Cluster.Postgres;
using PluginHost.Cluster.Runs;
using PluginHost.History;
using PluginHost.Hosting;
using PluginHost.Running;

namespace PluginHost.Cluster.Signals;

/// <summary>Tells the other nodes how far the runs of this one are: one transaction a second at most, whatever they report, and none where none reports.</summary>
internal sealed partial class ProgressForwarder(HostEvents events, RunService runs, HistoryDatabase database, Node node, PostgresSource source, TimeProvider time, ILogger<ProgressForwarder> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, bool> _changed = new(StringComparer.Ordinal);
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Dictionary<string, RunProgress> _told = new(StringComparer.Ordinal);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(CollectAsync(stoppingToken), SendAsync(stoppingToken));

    private async Task CollectAsync(CancellationToken stoppingToken)
    {
        await foreach (var change in events.WatchOwnAsync(stoppingToken))
        {
            if (change.Kind == HostEventKind.Run)
            {
                _changed[change.Id] = true;
                _wake.Writer.TryWrite(true);
            }
        }
    }

    private async Task SendAsync(CancellationToken stoppingToken)
    {
        await foreach (var _ in _wake.Reader.ReadAllAsync(stoppingToken))
        {
            if (TakeNews() is not { Count: > 0 } news)
            {
                continue;
            }

            try
            {
                await database.WriteAsync(
                    connection =>
                    {
                        foreach (var (run, progress) in news)
                        {
                            Signal.Send(connection, source, [Signal.Progress, node.Id, run, .. RemoteProgress.Write(progress)]);
                        }

                        return true;
                    },
                    stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                // What a run says next is told again.
                LogFailed(failure);
            }

            await Task.Delay(Pause, time, stoppingToken);
        }
    }

    private List<(string Run, RunProgress Progress)> TakeNews()
    {
        var news = new List<(string, RunProgress)>();
        foreach (var run in _changed.Keys)
        {
            _changed.TryRemove(run, out _);
            if (runs.ProgressOf(run) is not { } progress)
            {
                _told.Remove(run);
            }
            else if (_told.GetValueOrDefault(run) != progress)
            {
                _told[run] = progress;
                news.Add((run, progress));
            }
        }

        return news;
    }

    [LoggerMessage(EventId = 1113, Level = LogLevel.Debug, Message = "Other nodes could not be told how far runs are.")]
    private partial void LogFailed(Exception failure);
}
