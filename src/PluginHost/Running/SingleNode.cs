using PluginHost.History;
using PluginHost.Scripts;

namespace PluginHost.Running;

/// <summary>The host is alone: every run is here.</summary>
/// <param name="labels">Its labels.</param>
internal sealed class SingleNode(IEnumerable<string> labels) : IRunPlacement, IOtherNodes
{
    /// <summary>One without labels.</summary>
    public static readonly SingleNode Instance = new([]);

    private readonly string[] _labels = [.. labels];

    public bool IsAlone => true;

    public bool IsHere(RunInfo run) => true;

    public string? RefuseHere(string? label) => NodeLabels.Suffice(_labels, label)
        ? null
        : $"it needs a node with the label '{label}', and this host, which is alone, does not have it (its labels: {NodeLabels.List(_labels)}). Add it to PluginHost:NodeLabels and start the host again";

    public IReadOnlyList<RunInfo> Place(HistoryConnection connection, RunInfo run) => run.Trigger == RunTrigger.Manual && RefuseHere(run.NodeLabel) is { } reason
        ? throw new ConflictException($"Script {run.Script} cannot run: {reason}. Nothing was started.")
        : [run];

    public void Ended(HistoryConnection connection, RunInfo run)
    {
    }

    // A run that is here and not at work has ended.
    public Task CancelAsync(RunInfo run, CancellationToken cancellationToken) => Task.CompletedTask;

    public RunProgress? ProgressOf(string runId) => null;

    public Task WaitAsync(RunInfo run, TimeSpan limit, CancellationToken cancellationToken) => Task.CompletedTask;

    public IAsyncEnumerable<RunLogLine> ReadLogAsync(RunInfo run, long after, bool follow, CancellationToken cancellationToken) => AsyncEnumerable.Empty<RunLogLine>();
}
