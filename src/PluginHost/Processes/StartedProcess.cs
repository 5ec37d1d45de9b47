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

    public StartedProcess(Process process, TimeProvider time)
    {
        _process = process;
        _time = time;
        Id = process.Id;
    }

    /// <summary>Its process id, which is also that of the session it leads.</summary>
    public int Id { get; }

    public bool HasEnded => _process.HasExited;

    /// <summary>Tells the command what it waits for on its standard input, and waits for its end. Once, and no output is read before.</summary>
    /// <param name="input">The lines that it can read. Whoever asks for more gets no answer, instead of waiting for one.</param>
    /// <param name="onLine">Gets each line that it writes.</param>
    /// <param name="timeout">How long it may take from now on.</param>
    /// <param name="cancellationToken">Ends it, with all that it started.</param>
    public Task<ChildExit> FinishAsync(IEnumerable<string> input, Action<string> onLine, TimeSpan timeout, CancellationToken cancellationToken) =>
        FinishAsync(() => Tell(input), onLine, timeout, cancellationToken);

    /// <summary>The same with bytes in place of lines.</summary>
    public Task<ChildExit> FinishAsync(ReadOnlyMemory<byte> input, Action<string> onLine, TimeSpan timeout, CancellationToken cancellationToken) =>
        // Beside the waiting: a command that does not read what it is told must still run into its limit.
        FinishAsync(() => _ = Task.Run(() => Tell(input), CancellationToken.None), onLine, timeout, cancellationToken);

    private async Task<ChildExit> FinishAsync(Action tell, Action<string> onLine, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var lines = new OpenLines(onLine);
        var drained = Task.WhenAll(OutputLines.ReadAsync(_process.StandardOutput, lines.Pass), OutputLines.ReadAsync(_process.StandardError, lines.Pass));
        tell();

        using var limit = new CancellationTokenSource(timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var closing = lines;
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

        await Task.WhenAny(drained, Task.Delay(DrainLimit, _time, CancellationToken.None));
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

        // A grandchild may hold the other ends open for ever.
        _process.StandardOutput.Dispose();
        _process.StandardError.Dispose();
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

    private void Tell(ReadOnlyMemory<byte> input)
    {
        try
        {
            _process.StandardInput.BaseStream.Write(input.Span);
            _process.StandardInput.Close();
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException)
        {
            // It has ended, or was ended; its exit code says how it went.
        }
    }

    private void EndWithAllItStarted() => ChildProcess.EndWithAllItStarted(_process);

    /// <summary>Passes lines of both streams on, one at a time, until whoever asked for them has gone.</summary>
    private sealed class OpenLines(Action<string> onLine) : IDisposable
    {
        private readonly Lock _lock = new();
        private bool _closed;

        public void Pass(string line)
        {
            lock (_lock)
            {
                if (!_closed)
                {
                    onLine(line);
                }
            }
        }

        public void Dispose()
        {
            lock (_lock)
            {
                _closed = true;
            }
        }
    }
}
