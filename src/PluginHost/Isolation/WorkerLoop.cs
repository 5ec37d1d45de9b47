using System.Collections.Concurrent;
using PluginHost.Running;
using PluginHost.Scripts;

namespace PluginHost.Isolation;

/// <summary>In the worker: takes what the host says until the host is gone.</summary>
internal sealed class WorkerLoop(MessagePipe pipe)
{
    private readonly ConcurrentDictionary<string, CancellationTokenSource> _running = new();
    private readonly RemoteValues _values = new(pipe);
    private WorkerPlugin? _plugin;

    public void Run()
    {
        try
        {
            while (pipe.Receive() is { } message)
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
        RunError? error;
        try
        {
            error = await _plugin!.RunAsync(start, new RemoteOutput(id, Send), _values.Of(id), cancellationToken);
        }
        catch (Exception failure)
        {
            error = RunErrors.Of(failure);
        }

        _running.TryRemove(id, out _);
        Send(new RunEnded(id, error));
    }

    private void Send(WorkerMessage message)
    {
        try
        {
            pipe.Send(message);
        }
        catch (IOException)
        {
            // The host is gone, and this process will be in a moment.
        }
    }
}
