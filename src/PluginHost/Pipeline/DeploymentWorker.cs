using Microsoft.Extensions.Hosting;
using PluginHost.Building;
using PluginHost.Hosting;
using PluginHost.Retention;
using PluginHost.Swapping;

namespace PluginHost.Pipeline;

/// <summary>Deploys one tip at a time, in the order in which they were asked for.</summary>
internal sealed class DeploymentWorker(
    DeploymentQueue queue,
    DeploymentPipeline pipeline,
    DeploymentReceipts receipts,
    LastGoodVersions lastGood,
    SourceWatchers watchers,
    LiveRegistry live,
    DrainingVersions draining,
    BuildServers servers,
    BuildWarmer warmer,
    VersionRetention retention,
    HostReadiness readiness) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // What a host that was killed has left behind would answer to this one's builds.
        servers.End();
        await receipts.EndInterruptedAsync(stoppingToken);

        // What ran before the restart runs again first, from disk alone; then the remotes are asked.
        await lastGood.RestoreAsync(stoppingToken);
        draining.MadeWay += DeployWhatWaits;
        watchers.Start(stoppingToken);
        _ = watchers.FirstDeploymentsEnded.ContinueWith(_ => readiness.Loaded(), TaskScheduler.Default);
        try
        {
            while (true)
            {
                var pending = await queue.DequeueAsync(stoppingToken);
                pending.Done.TrySetResult(await pipeline.DeployAsync(pending.Request, stoppingToken));
                retention.Sweep();
                await warmer.MakeReadyAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await watchers.StoppedAsync();
        }
        finally
        {
            draining.MadeWay -= DeployWhatWaits;
            servers.End();
        }
    }

    /// <summary>The runs that kept a newer version waiting have ended.</summary>
    private void DeployWhatWaits(string pluginId)
    {
        if (live.Current.Plugins.TryGetValue(pluginId, out var plugin))
        {
            _ = watchers.Get(plugin.Source).DeployAgain(DeploymentTrigger.Poll);
        }
    }
}
