using System.Diagnostics;

namespace PluginHost.Processes;

/// <summary>A command that is talked to over its standard input and output. Disposing of it ends it, with all that it started.</summary>
internal sealed class PipedProcess : IDisposable
{
    // A grandchild that inherited the pipe can hold it open for ever after the command itself has ended.
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(2);

    private readonly Process _process;
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public PipedProcess(Process process, Action<string> onErrorLine, TimeProvider time)
    {
        _process = process;
        Id = process.Id;
        process.ErrorDataReceived += (_, line) => Pass(line.Data, onErrorLine);
        process.BeginErrorReadLine();
        Ended = WaitAsync(time);
    }

    public int Id { get; }

    /// <summary>Its standard input. Writing to it fails once the command has ended.</summary>
    public Stream Input => _process.StandardInput.BaseStream;

    /// <summary>Its standard output.</summary>
    public Stream Output => _process.StandardOutput.BaseStream;

    /// <summary>Its exit code, once it has ended, what it started was ended, and what it wrote to its standard error was passed on. On Unix, 128 and more is a signal.</summary>
    public Task<int> Ended { get; }

    /// <summary>Ends it, with all that it started.</summary>
    public void Kill() => ChildProcess.EndWithAllItStarted(_process);

    public void Dispose()
    {
        if (!Ended.IsCompleted)
        {
            Kill();
        }

        _ = Ended.ContinueWith(_ => _process.Dispose(), TaskScheduler.Default);
    }

    private async Task<int> WaitAsync(TimeProvider time)
    {
        await _process.WaitForExitAsyncWithoutOutput(CancellationToken.None);
        ChildProcess.KillSession(Id);
        await Task.WhenAny(_drained.Task, Task.Delay(DrainLimit, time, CancellationToken.None));
        return _process.ExitCode;
    }

    private void Pass(string? line, Action<string> onLine)
    {
        if (line is null)
        {
            _drained.TrySetResult();
        }
        else
        {
            onLine(line);
        }
    }
}
