using PluginHost.History;

namespace PluginHost.Running;

/// <summary>The host is alone: every run is here.</summary>
internal sealed class SingleNode : IRunPlacement, IOtherNodes
{
    public static readonly SingleNode Instance = new();

    public bool IsAlone => true;

    public bool IsHere(RunInfo run) => true;

    public RunInfo Place(HistoryConnection connection, RunInfo run) => run;

    // A run that is here and not at work has ended.
    public Task CancelAsync(RunInfo run, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task WaitAsync(RunInfo run, TimeSpan limit, CancellationToken cancellationToken) => Task.CompletedTask;

    public IAsyncEnumerable<RunLogLine> ReadLogAsync(RunInfo run, long after, bool follow, CancellationToken cancellationToken) => AsyncEnumerable.Empty<RunLogLine>();
}
