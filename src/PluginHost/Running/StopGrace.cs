using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace PluginHost.Running;

/// <summary>How long scripts may take to stop once the host is stopping.</summary>
/// <remarks>
/// The limit of the stop is the application's. When it is over the process ends, so scripts are given up on before:
/// otherwise their ends could not be stored, and the runs would count as lost.
/// </remarks>
internal sealed class StopGrace(IOptions<HostOptions> host, IOptions<PluginHostOptions> options, TimeProvider time)
{
    private static readonly TimeSpan MostForStoring = TimeSpan.FromSeconds(10);
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _begun;

    /// <summary>Ends when no script is waited for any more; never, as long as the host is not stopping.</summary>
    public Task Over => _over.Task;

    public void Begin()
    {
        if (Interlocked.Exchange(ref _begun, 1) == 0)
        {
            _ = Task.Delay(Length(), time).ContinueWith(_ => _over.TrySetResult(), TaskScheduler.Default);
        }
    }

    private TimeSpan Length()
    {
        var (grace, limit) = (options.Value.Runs.CancelGrace, host.Value.ShutdownTimeout);
        if (limit == Timeout.InfiniteTimeSpan)
        {
            return grace;
        }

        var forStoring = limit / 3 < MostForStoring ? limit / 3 : MostForStoring;
        return grace < limit - forStoring ? grace : limit - forStoring;
    }
}
