using System.Diagnostics;

namespace PluginHost.Processes;

/// <summary>A command that was started. Disposing of it ends it, with all that it started, unless it has ended.</summary>
internal sealed class StartedProcess : IDisposable
{
    // A grandchild that inherited the pipes can hold them open for ever after the command itself has ended.
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(2);

    private readonly Process _process;
    private readonly TimeProvider _time;
    private bool _disposed;
    private readonly TaskCompletionSource[] _drained = [new(), new()];

    public StartedProcess(Process process, TimeProvider time)
    {
        _process = process;
        _time = time;
    }

    public bool HasEnded => _process.HasExited;

    /// <summary>Tells the command what it waits for on its standard input, and waits for its end. Once, and no output is read before.</summary>
    /// <param name="input">The lines that it can read. Whoever asks for more gets no answer, instead of waiting for one.</param>
    /// <param name="onLine">Gets each line that it writes.</param>
    /// <param name="timeout">How long it may take from now on.</param>
    /// <param name="cancellationToken">Ends it, with all that it started.</param>
    public async Task<ChildExit> FinishAsync(IEnumerable<string> input, Action<string> onLine, TimeSpan timeout, CancellationToken cancellationToken)
    {
        _process.OutputDataReceived += (_, line) => Pass(line.Data, onLine, _drained[0]);
        _process.ErrorDataReceived += (_, line) => Pass(line.Data, onLine, _drained[1]);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Tell(input);

        using var limit = new CancellationTokenSource(timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await _process.WaitForExitAsyncWithoutOutput(either.Token);
        }
        catch (OperationCanceledException)
        {
            EndWithAllItStarted();
            cancellationToken.ThrowIfCancellationRequested();
            return new ChildExit(-1, TimedOut: true);
        }

        await Task.WhenAny(Task.WhenAll(_drained.Select(stream => stream.Task)), Task.Delay(DrainLimit, _time, CancellationToken.None));
        return new ChildExit(_process.ExitCode, TimedOut: false);
    }

    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        if (!HasEnded)
        {
            EndWithAllItStarted();
        }

        _process.Dispose();
    }

    private void Tell(IEnumerable<string> input)
    {
        try
        {
            foreach (var line in input)
            {
                _process.StandardInput.WriteLine(line);
            }

            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended, or does not listen; its exit code says how it went.
        }
    }

    private static void Pass(string? line, Action<string> onLine, TaskCompletionSource drained)
    {
        if (line is null)
        {
            drained.TrySetResult();
        }
        else
        {
            lock (onLine)
            {
                onLine(line);
            }
        }
    }

    private void EndWithAllItStarted() => ChildProcess.EndWithAllItStarted(_process);
}
