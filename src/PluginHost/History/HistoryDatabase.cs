using System.Data.Common;
using PluginHost.History.Journal;

namespace PluginHost.History;

/// <summary>What happened, in a database. One writer, any number of readers.</summary>
internal abstract class HistoryDatabase : IDisposable
{
    private static readonly TimeSpan LongestCatchUp = TimeSpan.FromSeconds(1);

    private readonly HistoryWriter _writer;
    private readonly ReadConnections _readers;
    private readonly RunJournal? _journal;
    private Task _catchingUp = Task.CompletedTask;
    private volatile Task _late = Task.CompletedTask;

    /// <param name="open">Open, and the database's from now on.</param>
    protected HistoryDatabase((HistoryWriter Writer, ReadConnections Readers, RunJournal? Journal) open)
    {
        (_writer, _readers, _journal) = open;
        if (_journal is not null)
        {
            _journal.Due += BeginToCatchUp;
            _journal.Start();
        }
    }

    /// <summary>Changes something, all of it or nothing; when it answers, the change is on disk.</summary>
    /// <param name="work">
    /// Shares a transaction with others that wait, and sees what those before it changed. What it throws is thrown to
    /// the caller, and undoes its own changes alone. It is run again when one that it shares with fails, so it may change
    /// nothing but what is in the database.
    /// </param>
    /// <param name="cancellationToken">Gives up, as long as it has not begun.</param>
    /// <exception cref="DbException">It is not on disk, for instance because the disk is full.</exception>
    /// <exception cref="ObjectDisposedException">The history is closed.</exception>
    public Task<T> WriteAsync<T>(Func<HistoryConnection, T> work, CancellationToken cancellationToken) => _writer.WriteAsync(work, cancellationToken);

    /// <summary>Stores what a run has become, sooner than <see cref="WriteAsync"/> does. Whoever reads or writes afterwards finds it there.</summary>
    /// <returns>Whether it is on disk; false when this database has no journal, or that takes nothing, so that <see cref="WriteAsync"/> has to do it.</returns>
    public Task<bool> TryJournalAsync(JournaledRun run) => _journal?.AddAsync(run) ?? Task.FromResult(false);

    /// <summary>Why nothing can be written at present; null when it can, as far as was seen.</summary>
    public DbException? TakesNothing => _writer.TakesNothing;

    /// <summary>Reads what is in the database; the writer goes on meanwhile. Runs and what is stored with them may be on their way there: see <see cref="ReadRuns"/>.</summary>
    /// <exception cref="DbException">It cannot be read.</exception>
    /// <exception cref="ObjectDisposedException">The history is closed.</exception>
    public T Read<T>(Func<HistoryConnection, T> work) => _readers.Read(work);

    /// <summary>The same, of runs, occurrences and marks of schedules: what the journal holds is brought into the database first.</summary>
    public T ReadRuns<T>(Func<HistoryConnection, T> work)
    {
        CatchUp();
        return _readers.Read(work);
    }

    /// <summary>Waits until the database has what the journal holds. Not for ever, and not one after the other: a database that is locked or takes nothing can be read.</summary>
    /// <returns>Whether it has; else runs may be missing there, or as they were.</returns>
    public bool CatchUp()
    {
        if (_journal is not { IsEmpty: false })
        {
            return true;
        }

        if (!_late.IsCompleted)
        {
            return false;
        }

        var caughtUp = CatchUpAsync();
        try
        {
            if (caughtUp.Wait(LongestCatchUp))
            {
                return true;
            }

            _late = caughtUp;
        }
        catch (AggregateException)
        {
            // It stays in the journal.
        }

        return false;
    }

    /// <summary>What a run has become that is on its way into the database; null when it is not.</summary>
    public RunInfo? FindOnItsWay(string run) => _journal?.Find(run);

    /// <summary>Writes what was accepted, and closes the database.</summary>
    public virtual void Dispose()
    {
        // The writer comes last: the one that closes a SQLite file last tidies it up.
        _readers.Dispose();
        _journal?.Close();
        CatchUp();
        _writer.Dispose();
        _journal?.Dispose();
    }

    private void BeginToCatchUp()
    {
        if (_catchingUp.IsCompleted)
        {
            _catchingUp = CatchUpAsync();
        }
    }

    /// <summary>Every transaction begins with what the journal holds.</summary>
    private Task CatchUpAsync()
    {
        var written = _writer.WriteAsync(_ => true, CancellationToken.None);

        // Nobody may be left who waits for it. Whoever writes something of his own hears of it.
        _ = written.ContinueWith(failed => failed.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        return written;
    }
}
