using Hangfire;
using Hangfire.InMemory;
using Hangfire.PostgreSql;
using Hangfire.PostgreSql.Factories;
using PluginHost.TestInfra;

namespace PluginHost.Benchmarks.Dispatch;

/// <summary>Hangfire, with its storage in memory or in PostgreSQL.</summary>
/// <param name="postgres">The server that it stores in, disposed with it; null for memory.</param>
internal sealed class HangfireDispatcher(PostgresServer? postgres = null) : IDispatcher
{
    private static Action _firstLine = () => { };
    private static int _ran;

    private BackgroundJobServer? _server;
    private BackgroundJobClient _jobs = null!;
    private int _asked;
    private int _threads;

    public string Name => postgres is null ? "Hangfire, in memory" : "Hangfire, PostgreSQL";

    public Task StartAsync(Action firstLine)
    {
        (_firstLine, _ran) = (firstLine, 0);

        // Its client blocks the caller, and Npgsql needs the thread pool meanwhile: with the threads that there are at
        // first, all of them callers, nothing would go on until a command times out.
        ThreadPool.GetMinThreads(out _threads, out var completion);
        ThreadPool.SetMinThreads(4 * DispatchBenchmark.Callers, completion);
        JobStorage storage = postgres is null
            ? new InMemoryStorage()
            : new PostgreSqlStorage(new NpgsqlConnectionFactory(postgres.ConnectionString, new PostgreSqlStorageOptions()));
        _jobs = new BackgroundJobClient(storage);
        _server = new BackgroundJobServer(new BackgroundJobServerOptions { WorkerCount = DispatchBenchmark.Callers }, storage);
        return Task.CompletedTask;
    }

    public static void Work()
    {
        _firstLine();
        Interlocked.Increment(ref _ran);
    }

    public Task DispatchAsync()
    {
        Interlocked.Increment(ref _asked);
        _jobs.Enqueue(() => Work());
        return Task.CompletedTask;
    }

    public async Task UntilIdleAsync()
    {
        while (Volatile.Read(ref _ran) < Volatile.Read(ref _asked))
        {
            await Task.Delay(5);
        }
    }

    public ValueTask DisposeAsync()
    {
        _server?.Dispose();
        postgres?.Dispose();
        ThreadPool.GetMinThreads(out var _, out var completion);
        ThreadPool.SetMinThreads(_threads, completion);
        return ValueTask.CompletedTask;
    }
}
