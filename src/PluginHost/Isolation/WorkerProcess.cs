using Microsoft.Extensions.Logging;
using PluginHost.Processes;
using PluginHost.Swapping;

namespace PluginHost.Isolation;

/// <summary>A worker process that has loaded a version of a plugin, and the runs in it.</summary>
internal sealed partial class WorkerProcess
{
    // What it sent before it ended is still to be read; a grandchild may hold the pipe open for ever.
    private static readonly TimeSpan ReadLimit = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, RunInWorker> _runs = [];
    private readonly TaskCompletionSource<string?> _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _read = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PluginVersion _version;
    private readonly PipedProcess _process;
    private readonly MessagePipe _pipe;
    private readonly ErrorOutput _output;
    private readonly IsolationOptions _limits;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private string? _endedBecause;
    private WorkerException? _end;

    public WorkerProcess(PluginVersion version, PipedProcess process, ErrorOutput output, IsolationOptions limits, TimeProvider time, ILogger logger)
    {
        (_version, _process, _output, _limits, _time, _logger) = (version, process, output, limits, time, logger);
        _pipe = new MessagePipe(process.Output, process.Input);

        // A thread of its own: what a worker says must be taken whatever the thread pool is busy with. And one that does not
        // belong to the deployment or the run for which the worker is started.
        new Thread(Read) { IsBackground = true, Name = $"PluginHost worker {process.Id}" }.UnsafeStart();
        Ended = WatchAsync();
    }

    public int Id => _process.Id;

    /// <summary>Ends when the process has, and every run in it.</summary>
    public Task Ended { get; }

    /// <summary>Has it load its plugin.</summary>
    /// <exception cref="WorkerException">It cannot, or has ended.</exception>
    public async Task LoadAsync(LoadPlugin plugin, CancellationToken cancellationToken)
    {
        Send(plugin);
        if (await _loaded.Task.WaitAsync(cancellationToken) is { } problem)
        {
            End("it could not load its plugin");
            throw new WorkerException(WorkerException.NotStarted, $"The worker process for version {_version.Id} of {_version.PluginId} could not load it: {problem}", _output.ToString());
        }
    }

    /// <summary>Runs a script in it.</summary>
    /// <returns>Null, or why the script failed.</returns>
    /// <exception cref="WorkerException">The worker has ended.</exception>
    public async Task<RunError?> RunAsync(RunInWorker run, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_end is not null)
            {
                throw _end;
            }

            _runs.Add(run.Id, run);
        }

        Send(run.Start);
        await using var cancellation = cancellationToken.Register(() => Send(new CancelRun(run.Id)));
        return await run.Ended;
    }

    /// <summary>Ends the process, with all that it started.</summary>
    /// <param name="because">Why, for the runs that are in it.</param>
    public void End(string because)
    {
        lock (_lock)
        {
            _endedBecause ??= because;
        }

        _process.Dispose();
    }

    private void Send(WorkerMessage message)
    {
        try
        {
            _pipe.Send(message);
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException)
        {
            // It has ended, and whoever waits for it is told so.
        }
    }

    private void Read()
    {
        try
        {
            while (_pipe.Receive() is { } message)
            {
                TryTake(message);
            }
        }
        catch (InvalidDataException failure)
        {
            End($"it wrote what no worker writes to the pipe between it and the host: {failure.Message}");
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException)
        {
            // It has ended.
        }
        finally
        {
            _read.TrySetResult();
        }
    }

    private void TryTake(WorkerMessage message)
    {
        try
        {
            Take(message);
        }
        catch (Exception failure)
        {
            // A log provider of the application may throw. That is no reason to listen no more.
            LogNotTaken(_logger, failure, _process.Id);
        }
    }

    private void Take(WorkerMessage message)
    {
        switch (message)
        {
            case PluginLoaded loaded:
                _loaded.TrySetResult(loaded.Problem);
                break;
            case SourceAsked asked:
                // Not here: this thread never writes.
                _ = Task.Run(() => Send(new SourceAnswer(asked.Source, ForwardedSpans.IsHeard(asked.Source))));
                break;
            case RunMessage about:
                Find(about.RunId, remove: about is RunEnded)?.Take(about, Send);
                break;
        }
    }

    private RunInWorker? Find(string runId, bool remove)
    {
        lock (_lock)
        {
            var run = _runs.GetValueOrDefault(runId);
            if (remove)
            {
                _runs.Remove(runId);
            }

            return run;
        }
    }

    private async Task WatchAsync()
    {
        // A worker that closes its end can do nothing more.
        await Task.WhenAny(_process.Ended, _read.Task);
        await Task.WhenAny(_process.Ended, Task.Delay(ReadLimit, _time));
        _process.Dispose();
        var exitCode = await _process.Ended;
        await Task.WhenAny(_read.Task, Task.Delay(ReadLimit, _time));
        List<RunInWorker> runs;
        lock (_lock)
        {
            var how = _endedBecause is { } because ? $"was ended, because {because}" : WorkerEnd.Describe(exitCode, _limits);
            _end = new WorkerException(WorkerException.Died, $"The worker process for version {_version.Id} of {_version.PluginId} {how}. The runs in it have failed; the next run starts another one.", _output.ToString());
            runs = [.. _runs.Values];
            _runs.Clear();
        }

        LogEnded(_logger, _process.Id, _version.PluginId, _version.Id, exitCode, runs.Count);
        _loaded.TrySetException(new WorkerException(WorkerException.NotStarted, $"The worker process for version {_version.Id} of {_version.PluginId} {(_endedBecause is { } reason ? $"was ended, because {reason}" : WorkerEnd.Describe(exitCode, _limits))} before it had loaded it.", _output.ToString()));
        runs.ForEach(run => run.Fail(_end));
        _pipe.Dispose();
    }

    [LoggerMessage(EventId = 722, Level = LogLevel.Warning, Message = "Something that worker process {ProcessId} said could not be passed on.")]
    private static partial void LogNotTaken(ILogger logger, Exception failure, int processId);

    [LoggerMessage(EventId = 741, Level = LogLevel.Debug, Message = "Worker process {ProcessId} of plugin '{PluginId}', version '{Version}', has ended with {ExitCode} and {RunCount} runs in it.")]
    private static partial void LogEnded(ILogger logger, int processId, string pluginId, string version, int exitCode, int runCount);
}
