using PluginHost.History;
using PluginHost.Running;

namespace PluginHost.Cluster.Runs;

/// <summary>Reaches the runs of other nodes through the database.</summary>
internal sealed class OtherNodes(Orders orders, RunStore store, RemoteLogs logs, RemoteProgress progress, TimeProvider time) : IOtherNodes
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    public Task CancelAsync(RunInfo run, CancellationToken cancellationToken) => orders.CancelAsync(run, cancellationToken);

    public RunProgress? ProgressOf(string runId) => progress.Find(runId);

    public async Task WaitAsync(RunInfo run, TimeSpan limit, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        while (store.Find(run.Id) is { IsFinished: false } && (limit == Timeout.InfiniteTimeSpan || time.GetElapsedTime(begun) < limit))
        {
            await Task.Delay(Interval, time, cancellationToken);
        }
    }

    public IAsyncEnumerable<RunLogLine> ReadLogAsync(RunInfo run, long after, bool follow, CancellationToken cancellationToken) =>
        logs.ReadAsync(run, after, follow, cancellationToken);
}
