using Microsoft.Data.Sqlite;
using PluginHost.TestInfra;
using Quartz;

namespace PluginHost.Benchmarks.Dispatch;

/// <summary>Quartz.NET, with its store in memory or in SQLite.</summary>
/// <param name="isDurable">Whether its store is SQLite.</param>
internal sealed class QuartzDispatcher(bool isDurable) : IDispatcher
{
    private static readonly JobKey Key = new("job");
    private static Action _firstLine = () => { };
    private static int _ran;

    private readonly TestDirectory _directory = new();
    private IScheduler? _scheduler;
    private int _asked;

    public string Name => isDurable ? "Quartz.NET, SQLite" : "Quartz.NET, in memory";

    public async Task StartAsync(Action firstLine)
    {
        _firstLine = firstLine;
        _ran = 0;
        _scheduler = await QuartzSchedulerBuilder.Create(quartz =>
        {
            quartz.UseDefaultThreadPool(DispatchBenchmark.Callers);
            if (isDurable)
            {
                quartz.UsePersistentStore(store => store.UseSqlite(SqliteFactory.Instance, Database()).ProvisionSchema());
            }
        }).BuildScheduler(CancellationToken.None);
        await _scheduler.AddJob(JobBuilder.Create<Job>().WithIdentity(Key).StoreDurably().Build());
        await _scheduler.Start();
    }

    public async Task DispatchAsync()
    {
        Interlocked.Increment(ref _asked);
        await _scheduler!.TriggerJob(Key);
    }

    public async Task UntilIdleAsync()
    {
        while (Volatile.Read(ref _ran) < Volatile.Read(ref _asked))
        {
            await Task.Delay(5);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_scheduler is not null)
        {
            await _scheduler.Shutdown();
        }

        SqliteConnection.ClearAllPools();
        _directory.Dispose();
    }

    /// <summary>A file with a write-ahead log, as ours is: it takes one wait for the disk less for each commit.</summary>
    private string Database()
    {
        var connectionString = $"Data Source={_directory.Combine("quartz.db")}";
        using var connection = new SqliteConnection(connectionString);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode = WAL";
        command.ExecuteNonQuery();
        return connectionString;
    }

    internal sealed class Job : IJob
    {
        public ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
        {
            _firstLine();
            Interlocked.Increment(ref _ran);
            return ValueTask.CompletedTask;
        }
    }
}
