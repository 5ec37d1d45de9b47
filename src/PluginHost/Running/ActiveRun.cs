using System.Diagnostics;
using System.Text.Json.Nodes;
using PluginHost.Swapping;
using PluginHost.Telemetry;

namespace PluginHost.Running;

/// <summary>A run from its request to its end, in memory.</summary>
internal sealed class ActiveRun(RunInfo info)
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _cancellation = new();
    private readonly TaskCompletionSource _stopRequested = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _logOpened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<RunInfo> _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RunInfo _info = info;
    private VersionLease? _lease;

    public string Id => _info.Id;

    /// <summary>What must not be shown of it.</summary>
    public SecretTexts Secrets { get; } = new();

    /// <summary>The version asked for, or null for the live one.</summary>
    public string? WantedVersion { get; } = info.Version;

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

    /// <summary>Whether its place is kept, so that it can begin as soon as it is stored.</summary>
    public bool MayBegin { get; set; }

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

    /// <summary>From now on it counts as under way, on the version of the lease.</summary>
    public RunInfo Begin(VersionLease lease, DateTimeOffset now)
    {
        _lease = lease;
        var isolation = lease.Version.FindScript(Info.Script)?.Isolation ?? ScriptIsolation.Host;
        var begun = Update(run => run with { State = RunState.Running, Version = lease.Version.Id, Commit = lease.Version.Commit, Isolation = isolation, StartedAt = now });
        Span = RunSpans.Start(begun);
        return Span is { } span ? Update(run => run with { TraceParent = span.Id, TraceState = span.TraceStateString }) : begun;
    }

    /// <summary>The version it has begun on.</summary>
    public VersionLease Lease => _lease ?? throw new InvalidOperationException($"Run {Id} has not begun.");

    /// <summary>The lease of the version it has begun on, for the one who gives it back; null when there is none.</summary>
    public VersionLease? TakeLease() => Interlocked.Exchange(ref _lease, null);

    /// <summary>Its span, once it has begun; null when nobody listens.</summary>
    public Activity? Span { get; private set; }

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
