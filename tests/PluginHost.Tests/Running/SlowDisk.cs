using PluginHost.History;

namespace PluginHost.Tests.Running;

/// <summary>Holds up everything that is to be stored, so that a test can look at what happens meanwhile.</summary>
internal sealed class SlowDisk : IDisposable
{
    private readonly ManualResetEventSlim _released = new();

    private SlowDisk()
    {
    }

    public static async Task<SlowDisk> OfAsync(HistoryDatabase database)
    {
        var disk = new SlowDisk();
        var busy = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = Task.Run(() => database.WriteAsync(
            _ =>
            {
                busy.SetResult();
                return disk._released.Wait(RunningHost.HangLimit);
            },
            CancellationToken.None));
        await busy.Task;
        return disk;
    }

    public void Release() => _released.Set();

    // Not of the event: what waits for it has yet to wake up.
    public void Dispose() => Release();
}
