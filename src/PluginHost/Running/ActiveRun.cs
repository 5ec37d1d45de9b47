using System.Text.Json.Nodes;

namespace PluginHost.Running;

/// <summary>A run from its request to its end, in memory.</summary>
internal sealed class ActiveRun(RunInfo info, bool exclusive)
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _cancellation = new();
    private readonly TaskCompletionSource _stopRequested = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _logOpened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<RunInfo> _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RunInfo _info = info;

    public string Id => _info.Id;

    /// <summary>Whether it waits until no other run of its script is under way.</summary>
    public bool Exclusive { get; } = exclusive;

    /// <summary>The version asked for, or null for the live one.</summary>
    public string? WantedVersion { get; init; }

    public RunInfo Info
    {
        get
        {
            lock (_lock)
            {
                return _info;
            }
        }
    }

    /// <summary>Why it is to stop, or null.</summary>
    public RunState? StopState { get; private set; }

    public Task StopRequested => _stopRequested.Task;

    /// <summary>Ends when there is a log to read; never, for a run that does not start.</summary>
    public Task LogOpened => _logOpened.Task;

    public Task<RunInfo> Finished => _finished.Task;

    public CancellationToken CancellationToken => _cancellation.Token;

    public RunInfo Update(Func<RunInfo, RunInfo> change)
    {
        lock (_lock)
        {
            return _info.IsFinished ? _info : _info = change(_info);
        }
    }

    /// <summary>Asks it to stop. The first reason counts.</summary>
    /// <param name="state">How it then ends: cancelled or timed out.</param>
    public void RequestStop(RunState state)
    {
        lock (_lock)
        {
            if (StopState is not null || _info.IsFinished)
            {
                return;
            }

            StopState = state;
        }

        _stopRequested.TrySetResult();

        // Callbacks of the script run here; none of them may hold up whoever asked.
        _ = _cancellation.CancelAsync();
    }

    public void SetResult(JsonNode? result) => Update(run => run with { Result = result });

    public void TellLogIsOpen() => _logOpened.TrySetResult();

    public void Finish(RunInfo finished)
    {
        lock (_lock)
        {
            _info = finished;
        }

        _finished.TrySetResult(finished);
    }
}
