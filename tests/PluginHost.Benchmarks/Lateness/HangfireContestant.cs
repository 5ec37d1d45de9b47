using Hangfire;
using Hangfire.InMemory;
using Hangfire.Server;

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
            var group = load.Group(schedule);
            recurring.AddOrUpdate($"{schedule}", () => Work(group, null!), load.Cron(schedule), new RecurringJobOptions { MisfireHandling = MisfireHandlingMode.Strict });
        }

        _server = new BackgroundJobServer(new BackgroundJobServerOptions { WorkerCount = LatenessBenchmark.Workers, SchedulePollingInterval = poll }, storage);
        return Task.CompletedTask;
    }

    // The parameters that came with the job, so that it need not ask the storage again, behind everyone else.
    public static void Work(int group, PerformContext context) =>
        _recorder!.Start(group, DateTimeOffset.FromUnixTimeSeconds(context.GetJobParameter<long>("Time", allowStale: true)));

    public ValueTask DisposeAsync()
    {
        _server?.SendStop();
        return ValueTask.CompletedTask;
    }
}
