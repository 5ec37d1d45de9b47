using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace PluginHost.Alerts;

/// <summary>Watches deployments, and hands on how they go for the commits of sources that have a forge.</summary>
internal sealed partial class CommitStatusWatch(IPluginHost host, CommitStatusSender sender, ILogger<CommitStatusWatch> logger) : BackgroundService
{
    private const int Newest = 50;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (sender.Sources.Count == 0)
        {
            return;
        }

        // Watched before anything is looked at: what ends meanwhile is not overlooked.
        await using var changes = host.WatchAsync(stoppingToken).GetAsyncEnumerator(stoppingToken);
        var more = changes.MoveNextAsync().AsTask();
        await LookAsync(async () => await NewestAsync(stoppingToken), "");
        for (; await more; more = changes.MoveNextAsync().AsTask())
        {
            if (changes.Current is { Kind: HostEventKind.Deployment, Id: var id })
            {
                await LookAsync(async () => [await host.GetDeploymentAsync(id, stoppingToken)], id);
            }
        }
    }

    /// <summary>The newest deployment of each source: it may have ended while nobody watched, or while the host died.</summary>
    private async Task<IReadOnlyList<DeploymentInfo>> NewestAsync(CancellationToken cancellationToken) =>
        [.. (await host.GetDeploymentsAsync(Newest, cancellationToken: cancellationToken)).Items.Where(IsOfACommit).DistinctBy(deployment => deployment.Source, StringComparer.OrdinalIgnoreCase)];

    // A rollback is no news of the commit: it is the operator's choice.
    private static bool IsOfACommit(DeploymentInfo deployment) => deployment.Trigger != DeploymentTrigger.Rollback;

    private async Task LookAsync(Func<Task<IReadOnlyList<DeploymentInfo>>> look, string id)
    {
        try
        {
            foreach (var deployment in (await look()).Where(IsOfACommit))
            {
                sender.Send(deployment.Source, CommitStatus.Of(deployment));
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

    [LoggerMessage(EventId = 1007, Level = LogLevel.Error, Message = "How deployment '{Id}' went cannot be told, so its commit gets no status.")]
    private partial void LogFailed(Exception failure, string id);
}
