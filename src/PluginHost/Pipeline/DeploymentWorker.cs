using Microsoft.Extensions.Hosting;

namespace PluginHost.Pipeline;

/// <summary>Deploys one tip at a time, in the order in which they were asked for.</summary>
internal sealed class DeploymentWorker(DeploymentQueue queue, DeploymentPipeline pipeline, LastGoodVersions lastGood, SourceWatchers watchers) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // What ran before the restart runs again first, from disk alone; then the remotes are asked.
        await lastGood.RestoreAsync(stoppingToken);
        watchers.Start(stoppingToken);
        try
        {
            while (true)
            {
                var pending = await queue.DequeueAsync(stoppingToken);
                pending.Done.TrySetResult(await pipeline.DeployAsync(pending.Request, stoppingToken));
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await watchers.StoppedAsync();
        }
    }
}
