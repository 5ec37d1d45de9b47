using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Extensions.Options;
using PluginHost.Hosting;

namespace PluginHost.Running;

/// <summary>The logs of all runs: one file each, in a folder for each day.</summary>
internal sealed class RunLogs(DataDirectory data, IOptions<PluginHostOptions> options, TimeProvider time)
{
    private const int ChunkBytes = 256 * 1024;

    private readonly ConcurrentDictionary<string, RunLog> _open = new();

    public RunLog Open(RunInfo run, SecretTexts secrets)
    {
        var log = new RunLog(PathOf(run), options.Value.Runs.MaxLogBytes, secrets, time);
        _open[run.Id] = log;
        return log;
    }

    public void Close(RunInfo run)
    {
        if (_open.TryGetValue(run.Id, out var log))
        {
            // In this order: a log that is not open is taken to be in its file to the last line.
            log.Dispose();
            _open.TryRemove(run.Id, out _);
        }
    }

    /// <param name="run">The run.</param>
    /// <param name="opened">Ends when the log has been opened, or never will be; only one who follows waits for it.</param>
    /// <param name="after">Leave out lines up to this number.</param>
    /// <param name="follow">Whether to go on until the run ends.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public async IAsyncEnumerable<RunLogLine> ReadAsync(
        RunInfo run, Task opened, long after, bool follow, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (follow)
        {
            await opened.WaitAsync(cancellationToken);
        }

        var path = PathOf(run);
        var reader = new LogReader();
        while (true)
        {
            // Looked at before the file is read: what comes later ends the wait below.
            var (visible, grown, closed) = _open.TryGetValue(run.Id, out var log) ? log.Look() : (long.MaxValue, Task.CompletedTask, true);
            if (File.Exists(path))
            {
                await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                await foreach (var line in reader.ReadAsync(file, visible, cancellationToken))
                {
                    if (line.Number > after)
                    {
                        yield return line;
                    }
                }
            }

            if (closed || !follow)
            {
                yield break;
            }

            await grown.WaitAsync(cancellationToken);
        }
    }

    private string PathOf(RunInfo run) =>
        Path.Combine(data.Logs, run.QueuedAt.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), run.Id + ".log");

    /// <summary>Reads a file that grows, from where it stopped before.</summary>
    private sealed class LogReader
    {
        private readonly List<byte> _unfinished = [];
        private long _position;
        private long _number;

        public async IAsyncEnumerable<RunLogLine> ReadAsync(FileStream file, long visible, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            var end = Math.Min(visible, file.Length);
            var buffer = new byte[ChunkBytes];
            file.Position = _position;
            while (_position < end)
            {
                var read = await file.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, end - _position)), cancellationToken);
                if (read == 0)
                {
                    yield break;
                }

                _position += read;
                foreach (var line in Lines(buffer.AsSpan(0, read)))
                {
                    yield return line;
                }
            }
        }

        private List<RunLogLine> Lines(ReadOnlySpan<byte> bytes)
        {
            var lines = new List<RunLogLine>();
            for (var newline = bytes.IndexOf((byte)'\n'); newline >= 0; newline = bytes.IndexOf((byte)'\n'))
            {
                _unfinished.AddRange(bytes[..newline]);
                lines.Add(new RunLogLine(++_number, Encoding.UTF8.GetString([.. _unfinished])));
                _unfinished.Clear();
                bytes = bytes[(newline + 1)..];
            }

            _unfinished.AddRange(bytes);
            return lines;
        }
    }
}
