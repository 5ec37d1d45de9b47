using System.Collections.Concurrent;
using PluginHost.Running;
using PluginHost.Scripts;

namespace PluginHost.Isolation;

/// <summary>In the worker: takes what the host says until the host is gone.</summary>
internal sealed class WorkerLoop
{
    private readonly ConcurrentDictionary<string, CancellationTokenSource> _running = new();
    private readonly MessagePipe _pipe;
    private readonly RemoteValues _values;
    private readonly SpanRecorder _spans;
    private WorkerPlugin? _plugin;

    public WorkerLoop(MessagePipe pipe) => (_pipe, _values, _spans) = (pipe, new RemoteValues(pipe), new SpanRecorder(Send, TimeProvider.System));

    public void Run()
    {
        try
        {
            while (_pipe.Receive() is { } message)
            {
                Take(message);
            }
        }
        catch (Exception failure) when (failure is IOException or InvalidDataException)
        {
            Console.Error.WriteLine(failure.Message);
        }
    }

    private void Take(WorkerMessage message)
    {
        switch (message)
        {
            case LoadPlugin load:
                // Not here: a module initializer that waits for ever must not keep this from seeing that the host is gone.
                _ = Task.Factory.StartNew(() => Load(load), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
                break;
            case StartRun start:
                var cancellation = _running[start.Facts.RunId] = new CancellationTokenSource();
                _ = Task.Run(() => RunAsync(start, cancellation.Token));
                break;
            case CancelRun cancel:
                // Callbacks of the script run there; none of them may hold up what comes next.
                _ = _running.GetValueOrDefault(cancel.RunId)?.CancelAsync();
                break;
            case ValueAnswer answer:
                _values.Take(answer);
                break;
            case SourceAnswer answer:
                _spans.Take(answer);
                break;
        }
    }

    private void Load(LoadPlugin load)
    {
        try
        {
            _plugin = WorkerPlugin.Load(load);
            Send(new PluginLoaded(null));
        }
        catch (Exception failure)
        {
            Send(new PluginLoaded(ExceptionText.Describe(failure)));
        }
    }

    private async Task RunAsync(StartRun start, CancellationToken cancellationToken)
    {
        var id = start.Facts.RunId;
        var output = new RemoteOutput(id, Send);
        TracedRun? traced = null;
        RunError? error;
        try
        {
            traced = _spans.Begin(start);
            error = await _plugin!.RunAsync(start, traced?.Span, output, _values.Of(id), cancellationToken);
        }
        catch (Exception failure)
        {
            error = RunErrors.Of(failure);
        }

        traced?.End(output);
        _running.TryRemove(id, out _);
        Send(new RunEnded(id, error));
    }

    private void Send(WorkerMessage message)
    {
        try
        {
            _pipe.Send(message);
        }
        catch (IOException)
        {
            // The host is gone, and this process will be in a moment.
        }
    }
}
