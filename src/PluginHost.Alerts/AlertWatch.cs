using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace PluginHost.Alerts;

/// <summary>Watches the host, and hands on what somebody should know.</summary>
internal sealed partial class AlertWatch(
    IPluginHost host, RunAlerts runs, OccurrenceAlerts occurrences, PluginAlerts plugins, QuarantineAlerts quarantines, AlertSender sender, ILogger<AlertWatch> logger)
    : BackgroundService, IHostedLifecycleService
{
    /// <summary>Before the host starts anything: what is in the ledger now is no news.</summary>
    public Task StartingAsync(CancellationToken cancellationToken) => sender.HasReceivers ? occurrences.RememberAsync(cancellationToken) : Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!sender.HasReceivers)
        {
            return;
        }

        // Watched before anything is looked at: what ends meanwhile is not overlooked.
        await using var changes = host.WatchAsync(stoppingToken).GetAsyncEnumerator(stoppingToken);
        var more = changes.MoveNextAsync().AsTask();
        await LookAsync(() => runs.LostAsync(stoppingToken), "");
        await LookAsync(() => quarantines.LookAsync(stoppingToken), "");
        for (; await more; more = changes.MoveNextAsync().AsTask())
        {
            var change = changes.Current;
            await LookAsync(
                async () => change.Kind switch
                {
                    HostEventKind.Run => await runs.LookAsync(change.Id, stoppingToken),
                    HostEventKind.Script => [.. await quarantines.LookAsync(change.Id, stoppingToken), .. await occurrences.LookAsync(change.Id, stoppingToken)],
                    HostEventKind.Plugin => plugins.Look(change.Id),
                    _ => [],
                },
                change.Id);
        }
    }

    private async Task LookAsync(Func<Task<IReadOnlyList<Alert>>> look, string id)
    {
        try
        {
            foreach (var alert in await look())
            {
                sender.Send(alert);
            }
        }
        catch (NotFoundException)
        {
            // It is gone, and with it what there was to tell.
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // One thing that cannot be looked at must not end the watch over the others.
            LogFailed(failure, id);
        }
    }

    [LoggerMessage(EventId = 1001, Level = LogLevel.Error, Message = "Whether '{Id}' is worth an alert cannot be told, so none is sent.")]
    private partial void LogFailed(Exception failure, string id);
}
