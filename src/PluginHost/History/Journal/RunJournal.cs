namespace PluginHost.History.Journal;

/// <summary>What has become of runs, on disk at once and in the database a little later.</summary>
/// <remarks>
/// To append a line costs a twentieth of what a transaction of the database does for a run, and nobody waits for that any
/// more: many runs begin in the time of one, and one that has ended meanwhile goes into the database once. Each transaction
/// begins with what the journal holds, and whoever reads waits for one, so nobody sees that it is there. After a crash it is read again.
/// </remarks>
internal sealed class RunJournal : IDisposable
{
    /// <summary>How long it is left to grow, so that most of it has ended: of a run that has, the database is told once.</summary>
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(500);

    private readonly Queue<(JournaledRun Run, TaskCompletionSource<bool> Written)> _waiting = new();
    private readonly Lock _saving = new();
    private readonly List<(JournaledRun Run, int File)> _unsaved = [];
    private readonly Dictionary<string, RunInfo> _newest = new(StringComparer.Ordinal);
    private readonly JournalFiles _files;
    private readonly Thread _thread;
    private int _taken;
    private volatile bool _isEmpty = true;
    private volatile bool _isRefused;
    private bool _closed;
    private long _growsSince;

    /// <param name="database">The file that it belongs to. What it left there is in the database already.</param>
    /// <param name="last">As for <see cref="JournalFiles"/>.</param>
    public RunJournal(string database, long last)
    {
        _files = new JournalFiles(database, last);
        _thread = new Thread(WriteAll) { Name = "PluginHost runs", IsBackground = true };
    }

    /// <summary>Told when it has been left to grow for long enough.</summary>
    public event Action? Due;

    /// <summary>Whether the database has everything.</summary>
    public bool IsEmpty => _isEmpty;

    public void Start() => _thread.Start();

    /// <summary>Answers once it is on disk.</summary>
    /// <returns>False when it cannot be, so that the database itself has to take it.</returns>
    public Task<bool> AddAsync(JournaledRun run)
    {
        var written = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_waiting)
        {
            if (_closed || _isRefused)
            {
                return Task.FromResult(false);
            }

            _waiting.Enqueue((run, written));
            Monitor.Pulse(_waiting);
        }

        return written.Task;
    }

    /// <summary>What a run has become, if the database does not have it yet.</summary>
    public RunInfo? Find(string run)
    {
        if (_isEmpty)
        {
            return null;
        }

        lock (_saving)
        {
            return _newest.GetValueOrDefault(run);
        }
    }

    /// <summary>For each transaction of the database: brings into it what it does not have.</summary>
    public void Save(HistoryConnection connection)
    {
        if (_isEmpty)
        {
            return;
        }

        List<JournaledRun> runs;
        long last;
        lock (_saving)
        {
            runs = _unsaved.ConvertAll(entry => entry.Run);
            (_taken, last) = (runs.Count, _files.Last);
            if (IsSaved(_files.Other))
            {
                _files.Switch();
            }
        }

        JournalReplay.Save(connection, runs, last);
    }

    /// <summary>The transaction is on disk.</summary>
    public void Saved()
    {
        _isRefused = false;
        if (_taken == 0)
        {
            return;
        }

        lock (_saving)
        {
            _unsaved.RemoveRange(0, _taken);
            _taken = 0;
            _isEmpty = _unsaved.Count == 0;
            _newest.Clear();
            _unsaved.ForEach(entry => _newest[entry.Run.Run.Id] = entry.Run.Run);
            _growsSince = Environment.TickCount64;
            ReuseSaved();
        }
    }

    /// <summary>The transaction came to nothing.</summary>
    /// <param name="isRefused">Whether the next will, too: until one does not, nothing is taken that the database may not take.</param>
    public void NotSaved(bool isRefused) => (_taken, _isRefused) = (0, isRefused);

    /// <summary>Takes no more. What it took is on disk then.</summary>
    public void Close()
    {
        lock (_waiting)
        {
            _closed = true;
            Monitor.Pulse(_waiting);
        }

        _thread.Join();
    }

    public void Dispose() => _files.Dispose();

    private void WriteAll()
    {
        var together = new List<(JournaledRun Run, TaskCompletionSource<bool> Written)>();
        while (TryTake(together))
        {
            var isWritten = TryWrite(together);
            foreach (var (_, written) in together)
            {
                written.SetResult(isWritten);
            }

            together.Clear();
            if (!_isEmpty && Environment.TickCount64 - _growsSince > Delay.TotalMilliseconds)
            {
                Due?.Invoke();
            }
        }
    }

    /// <returns>False when nothing waits, and nothing will.</returns>
    private bool TryTake(List<(JournaledRun Run, TaskCompletionSource<bool> Written)> together)
    {
        lock (_waiting)
        {
            while (_waiting.Count == 0)
            {
                if (_closed)
                {
                    return false;
                }

                if (!Monitor.Wait(_waiting, _isEmpty ? Timeout.InfiniteTimeSpan : Delay) && _waiting.Count == 0)
                {
                    Due?.Invoke();
                }
            }

            while (_waiting.TryDequeue(out var waiting))
            {
                together.Add(waiting);
            }

            return true;
        }
    }

    private bool TryWrite(List<(JournaledRun Run, TaskCompletionSource<bool> Written)> together)
    {
        lock (_saving)
        {
            try
            {
                if (_files.IsFull)
                {
                    return false;
                }

                _files.Append(together.Select(waiting => waiting.Run));
            }
#pragma warning disable CA1031 // Whatever it is, the database has to take it, and this thread must not take the process with it.
            catch (Exception)
#pragma warning restore CA1031
            {
                return false;
            }

            if (_isEmpty)
            {
                _growsSince = Environment.TickCount64;
            }

            foreach (var (run, _) in together)
            {
                _unsaved.Add((run, _files.Current));
                _newest[run.Run.Id] = run.Run;
            }

            _isEmpty = false;
            return true;
        }
    }

    private void ReuseSaved()
    {
        foreach (var file in JournalFiles.All.Where(IsSaved))
        {
            _files.Reuse(file);
        }
    }

    private bool IsSaved(int file) => !_unsaved.Exists(entry => entry.File == file);
}
