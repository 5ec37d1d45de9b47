using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PluginHost.History;

namespace PluginHost.Retention;

/// <summary>Deletes runs and occurrences that are no longer kept, at the start and then every hour.</summary>
internal sealed partial class HistoryRetention(
    HistorySweep sweep, IOptions<PluginHostOptions> options, TimeProvider time, ILogger<HistoryRetention> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                var limit = options.Value.Retention.Runs;
                await sweep.SweepAsync(time.GetUtcNow() - limit.Age, limit.Count, stoppingToken);
                if (options.Value.Retention.Audit is { } age)
                {
                    await sweep.SweepAuditAsync(time.GetUtcNow() - age, stoppingToken);
                }
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(failure);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(EventId = 811, Level = LogLevel.Warning, Message = "What is no longer kept of the history could not be deleted; it is tried again in an hour.")]
    private partial void LogFailed(Exception failure);
}
