using System.Data.Common;

namespace PluginHost.History;

/// <summary>What happened, in a database. One writer, any number of readers.</summary>
internal abstract class HistoryDatabase : IDisposable
{
    private readonly HistoryWriter _writer;
    private readonly ReadConnections _readers;

    /// <param name="open">Open, and the database's from now on.</param>
    protected HistoryDatabase((HistoryWriter Writer, ReadConnections Readers) open) => (_writer, _readers) = open;

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

    /// <summary>Why nothing can be written at present; null when it can, as far as was seen.</summary>
    public DbException? TakesNothing => _writer.TakesNothing;

    /// <summary>Reads what is on disk; the writer goes on meanwhile.</summary>
    /// <exception cref="DbException">It cannot be read.</exception>
    /// <exception cref="ObjectDisposedException">The history is closed.</exception>
    public T Read<T>(Func<HistoryConnection, T> work) => _readers.Read(work);

    /// <summary>Writes what was accepted, and closes the database.</summary>
    public virtual void Dispose()
    {
        // The writer comes last: the one that closes a SQLite file last tidies it up.
        _readers.Dispose();
        _writer.Dispose();
    }
}
