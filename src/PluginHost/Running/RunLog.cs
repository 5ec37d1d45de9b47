using System.Globalization;
using System.Text;

namespace PluginHost.Running;

/// <summary>The log of a run under way: lines go to a file, which the first of them makes, and readers are woken.</summary>
internal sealed class RunLog : IDisposable
{
    // Each message is copied several times on its way; one of a gigabyte must not take the process with it.
    private const int LongestMessage = 1024 * 1024;

    private static readonly TimeSpan FlushInterval = TimeSpan.FromMilliseconds(200);

    private readonly Lock _lock = new();
    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly long _limit;
    private readonly SecretTexts _secrets;
    private FileStream? _file;
    private ITimer? _flush;
    private TaskCompletionSource _grown = NewSignal();
    private long _visible;
    private bool _cut;
    private bool _closed;
    private bool _flushIsDue;

    public RunLog(string path, long limit, SecretTexts secrets, TimeProvider time)
    {
        _path = path;
        _limit = limit;
        _secrets = secrets;
        _time = time;
    }

    /// <summary>Adds an entry. Its further lines are indented, so that they are told from entries of their own.</summary>
    /// <param name="level">Three letters: TRC, DBG, INF, WRN, ERR, CRT, or OUT for the console.</param>
    /// <param name="message">What to log.</param>
    public void Write(string level, string message)
    {
        var time = _time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        if (message.Length > LongestMessage)
        {
            message = $"{message.AsSpan(0, LongestMessage)}… (cut here: the message has {message.Length} characters)";
        }

        var text = $"{time} {level} {_secrets.Hide(message).ReplaceLineEndings("\n").TrimEnd('\n').Replace("\n", "\n    ", StringComparison.Ordinal)}\n";
        var bytes = Encoding.UTF8.GetBytes(text);
        lock (_lock)
        {
            if (_closed || _cut)
            {
                return;
            }

            if (Written + bytes.Length > _limit)
            {
                _cut = true;
                bytes = Encoding.UTF8.GetBytes($"{time} WRN The log is cut here: it has reached the {_limit} bytes that are kept of a run's log (PluginHost:Runs:MaxLogBytes).\n");
            }

            try
            {
                _file ??= Create();
                _file.Write(bytes);
                FlushSoon();
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                _cut = true;
            }
        }
    }

    /// <summary>How much of the file can be read, always up to the end of a line; and a task that ends when there is more, or the log is closed.</summary>
    public (long Visible, Task Grown, bool Closed) Look()
    {
        lock (_lock)
        {
            return (_visible, _grown.Task, _closed);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _flush?.Dispose();
            if (_closed)
            {
                return;
            }

            // In one step with the last flush, so that nothing is written that no reader learns of.
            Flush();
            _closed = true;
            try
            {
                _file?.Dispose();
            }
            catch (IOException)
            {
                // What could not be flushed cannot be now; the file is closed all the same.
            }

            _grown.TrySetResult();
        }
    }

    private long Written => _file?.Position ?? 0;

    private FileStream Create()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        return new FileStream(_path, FileMode.Create, FileAccess.Write, FileShare.Read, 16 * 1024);
    }

    private void FlushSoon()
    {
        if (!_flushIsDue)
        {
            _flushIsDue = true;
            _flush ??= _time.CreateTimer(_ => Flush(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _flush.Change(FlushInterval, Timeout.InfiniteTimeSpan);
        }
    }

    private void Flush()
    {
        lock (_lock)
        {
            _flushIsDue = false;
            if (_closed || _file is null || _file.Position == _visible)
            {
                return;
            }

            try
            {
                _file.Flush();
            }
            catch (IOException)
            {
                // A full disk costs the log its end. It must not cost the run, nor, on this timer, the process.
                _cut = true;
                return;
            }

            _visible = _file.Position;
            _grown.TrySetResult();
            _grown = NewSignal();
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
