using Hangfire;
using Hangfire.InMemory;

namespace PluginHost.Benchmarks.Lateness;

/// <summary>Hangfire with its storage in memory.</summary>
/// <param name="poll">How often it looks at its schedules.</param>
internal sealed class HangfireContestant(TimeSpan poll) : IContestant
{
    private static Recorder? _recorder;
    private BackgroundJobServer? _server;

    public Task StartAsync(Load load, Recorder recorder)
    {
        _recorder = recorder;
        var storage = new InMemoryStorage();
        var recurring = new RecurringJobManager(storage);
        for (var schedule = 0; schedule < load.Count; schedule++)
        {
            recurring.AddOrUpdate($"{schedule}", () => Work(), load.Cron(schedule), new RecurringJobOptions { MisfireHandling = MisfireHandlingMode.Strict });
        }

        _server = new BackgroundJobServer(new BackgroundJobServerOptions { WorkerCount = LatenessBenchmark.Workers, SchedulePollingInterval = poll }, storage);
        return Task.CompletedTask;
    }

    /// <summary>It does not tell a job the time that was meant.</summary>
    public static void Work() => _recorder!.Start(0, null);

    public ValueTask DisposeAsync()
    {
        _server?.SendStop();
        return ValueTask.CompletedTask;
    }
}
