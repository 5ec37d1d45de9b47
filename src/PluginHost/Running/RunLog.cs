using System.Globalization;
using System.Text;

namespace PluginHost.Running;

/// <summary>The log of a run under way: lines go to a file, and readers are woken.</summary>
internal sealed class RunLog : IDisposable
{
    private static readonly TimeSpan FlushInterval = TimeSpan.FromMilliseconds(200);

    private readonly Lock _lock = new();
    private readonly FileStream _file;
    private readonly TimeProvider _time;
    private readonly ITimer _flush;
    private readonly long _limit;
    private TaskCompletionSource _grown = NewSignal();
    private long _visible;
    private bool _cut;
    private bool _closed;

    public RunLog(string path, long limit, TimeProvider time)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        _file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, 64 * 1024);
        _limit = limit;
        _time = time;
        _flush = time.CreateTimer(_ => Flush(), null, FlushInterval, FlushInterval);
    }

    /// <summary>Adds an entry. Its further lines are indented, so that they are told from entries of their own.</summary>
    /// <param name="level">Three letters: TRC, DBG, INF, WRN, ERR, CRT, or OUT for the console.</param>
    /// <param name="message">What to log.</param>
    public void Write(string level, string message)
    {
        var time = _time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        var text = $"{time} {level} {message.ReplaceLineEndings("\n").TrimEnd('\n').Replace("\n", "\n    ", StringComparison.Ordinal)}\n";
        var bytes = Encoding.UTF8.GetBytes(text);
        lock (_lock)
        {
            if (_closed || _cut)
            {
                return;
            }

            if (_file.Position + bytes.Length > _limit)
            {
                _cut = true;
                bytes = Encoding.UTF8.GetBytes($"{time} WRN The log is cut here: it has reached the {_limit} bytes that are kept of a run's log (PluginHost:Runs:MaxLogBytes).\n");
            }

            _file.Write(bytes);
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
        _flush.Dispose();
        Flush();
        lock (_lock)
        {
            if (!_closed)
            {
                _closed = true;
                _file.Dispose();
                _grown.TrySetResult();
            }
        }
    }

    private void Flush()
    {
        lock (_lock)
        {
            if (_closed || _file.Position == _visible)
            {
                return;
            }

            _file.Flush();
            _visible = _file.Position;
            _grown.TrySetResult();
            _grown = NewSignal();
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
