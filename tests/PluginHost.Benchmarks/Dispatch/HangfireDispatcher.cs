using Hangfire;
using Hangfire.InMemory;

namespace PluginHost.Benchmarks.Dispatch;

/// <summary>Hangfire with its storage in memory.</summary>
internal sealed class HangfireDispatcher : IDispatcher
{
    private static Action _firstLine = () => { };
    private static int _ran;

    private readonly InMemoryStorage _storage = new();
    private BackgroundJobServer? _server;
    private BackgroundJobClient _jobs = null!;
    private int _asked;

    public string Name => "Hangfire, in memory";

    public Task StartAsync(Action firstLine)
    {
        (_firstLine, _ran) = (firstLine, 0);
        _jobs = new BackgroundJobClient(_storage);
        _server = new BackgroundJobServer(new BackgroundJobServerOptions { WorkerCount = DispatchBenchmark.Callers }, _storage);
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
        return ValueTask.CompletedTask;
    }
}
