using System.Globalization;
using Hangfire;
using Hangfire.PostgreSql;
using Hangfire.PostgreSql.Factories;
using Hangfire.Server;

namespace PluginHost.Benchmarks.Clusters;

/// <summary>Hangfire with its storage in PostgreSQL. Jobs that are asked for it announces by NOTIFY; its schedules it looks at each second.</summary>
internal sealed class HangfireNode : IClusterNode
{
    private static ClusterRecorder? _recorder;
    private BackgroundJobServer? _server;
    private BackgroundJobClient _jobs = null!;

    public Task StartAsync(ClusterLoad load, ClusterRecorder recorder)
    {
        _recorder = recorder;

        // Its client blocks the caller, and Npgsql needs the thread pool meanwhile.
        ThreadPool.GetMinThreads(out _, out var completion);
        ThreadPool.SetMinThreads(4 * ClusterLoad.Workers, completion);
        var storage = new PostgreSqlStorage(new NpgsqlConnectionFactory(load.Database, new PostgreSqlStorageOptions()), new PostgreSqlStorageOptions { EnableLongPolling = true });
        var recurring = new RecurringJobManager(storage);
        for (var number = load.Number == 1 ? 0 : load.Schedules; number < load.Schedules; number++)
        {
            var schedule = number;
            recurring.AddOrUpdate(
                schedule.ToString(CultureInfo.InvariantCulture), () => Scheduled(schedule, null!), load.Cron, new RecurringJobOptions { MisfireHandling = MisfireHandlingMode.Strict });
        }

        _jobs = new BackgroundJobClient(storage);
        _server = new BackgroundJobServer(new BackgroundJobServerOptions { WorkerCount = ClusterLoad.Workers, SchedulePollingInterval = TimeSpan.FromSeconds(1) }, storage);
        return Task.CompletedTask;
    }

    public static void Asked() => _recorder!.Ask();

    // The parameters that came with the job, so that it need not ask the storage again.
    public static void Scheduled(int schedule, PerformContext context) =>
        _recorder!.Start(schedule, DateTimeOffset.FromUnixTimeSeconds(context.GetJobParameter<long>("Time", allowStale: true)));

    public Task AskAsync()
    {
        _jobs.Enqueue(() => Asked());
        return Task.CompletedTask;
    }

    /// <summary>What it does after a job is over is in its favour.</summary>
    public Task SettleAsync() => Task.CompletedTask;

    public ValueTask DisposeAsync()
    {
        _server?.Dispose();
        return ValueTask.CompletedTask;
    }
}
