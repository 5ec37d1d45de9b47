using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PluginHost.Building;

namespace PluginHost.Pipeline;

/// <summary>Keeps the build servers warm: a commit that finds them cold takes seconds longer.</summary>
internal sealed partial class BuildWarmer(
    PluginBuilder builder, BuildServers servers, SourceWatchers watchers, TimeProvider time, ILogger<BuildWarmer> logger) : BackgroundService
{
    // The compiler server ends itself when it was idle for ten minutes.
    private static readonly TimeSpan LongestIdle = TimeSpan.FromMinutes(8);

    private volatile TaskCompletionSource _cold = new();

    /// <summary>Makes ready for the next build, when a deployment has ended.</summary>
    public async Task MakeReadyAsync(CancellationToken cancellationToken)
    {
        await TryAsync(builder.MakeReadyAsync, cancellationToken);
        if (servers.LastUsed is null)
        {
            _cold.TrySetResult();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!watchers.BuildAnything)
        {
            return;
        }

        // The first deployments go first; when they have built something, everything is warm.
        await watchers.FirstDeploymentsEnded.WaitAsync(stoppingToken);
        while (true)
        {
            var idle = servers.LastUsed is { } lastUsed ? time.GetUtcNow() - lastUsed : LongestIdle;
            if (idle >= LongestIdle)
            {
                await TryAsync(builder.WarmUpAsync, stoppingToken);
                idle = TimeSpan.Zero;
            }

            await Task.WhenAny(_cold.Task, Task.Delay(LongestIdle - idle, time, stoppingToken));
            stoppingToken.ThrowIfCancellationRequested();
            _cold = new TaskCompletionSource();
        }
    }

    private async Task TryAsync(Func<CancellationToken, Task> makeReady, CancellationToken cancellationToken)
    {
        try
        {
            await makeReady(cancellationToken);
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // A commit's own build says what is wrong where it matters.
            LogFailed(failure);
        }
    }

    [LoggerMessage(EventId = 311, Level = LogLevel.Debug, Message = "Warming up the build servers failed.")]
    private partial void LogFailed(Exception failure);
}
