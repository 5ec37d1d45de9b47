namespace PluginHost.Running;

/// <summary>Reaches the runs that are on other nodes.</summary>
internal interface IOtherNodes
{
    /// <summary>Asks the node that has a run to cancel it.</summary>
    Task CancelAsync(RunInfo run, CancellationToken cancellationToken);

    /// <summary>How far a run that is under way said it had come when it was last heard of; null when nothing was heard.</summary>
    RunProgress? ProgressOf(string runId);

    /// <summary>Waits until a run has ended or the limit is reached.</summary>
    Task WaitAsync(RunInfo run, TimeSpan limit, CancellationToken cancellationToken);

    /// <summary>Reads the log of a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="after">Leave out lines up to this number.</param>
    /// <param name="follow">Whether to go on until the run ends.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    IAsyncEnumerable<RunLogLine> ReadLogAsync(RunInfo run, long after, bool follow, CancellationToken cancellationToken);
}
