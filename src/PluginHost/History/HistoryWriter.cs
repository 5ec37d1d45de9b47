using System.Data.Common;
using System.Runtime.InteropServices;
using PluginHost.History.Journal;

namespace PluginHost.History;

/// <summary>Writes what waits in one transaction, and then what came meanwhile: many that wait share the one wait for the disk.</summary>
/// <remarks>A thread of its own, so that the history is not held up by what fills the pool.</remarks>
internal sealed class HistoryWriter : IDisposable
{
    /// <summary>How much goes into one transaction at most, so that the first does not wait for long on account of the last.</summary>
    private const int AtOnce = 1024;

    /// <summary>How often a transaction is tried that others at the same time kept from succeeding.</summary>
    private const int MostTries = 10;

    // Its own lock, which the thread sleeps on: whatever else a thread can wait by spins first, and runs need the processor.
    private readonly Queue<PendingWrite> _waiting = new();

    private readonly Func<HistoryConnection> _open;
    private readonly RunJournal? _journal;
    private readonly Thread _thread;
    private HistoryConnection _connection;
    private volatile DbException? _takesNothing;
    private bool _closed;

    /// <param name="open">Opens the connection to write with; again when it broke.</param>
    /// <param name="journal">What each transaction brings into the database first, or null.</param>
    public HistoryWriter(Func<HistoryConnection> open, RunJournal? journal = null)
    {
        _open = open;
        _journal = journal;
        _connection = open();
        _thread = new Thread(WriteAll) { Name = "PluginHost history", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Why nothing can be written at present; null when the last transaction was, or failed for itself alone.</summary>
    public DbException? TakesNothing => _takesNothing;

    public Task<T> WriteAsync<T>(Func<HistoryConnection, T> work, CancellationToken cancellationToken)
    {
        var write = new PendingWrite<T>(work, cancellationToken);
        lock (_waiting)
        {
            if (_closed)
            {
                return Task.FromException<T>(new ObjectDisposedException(nameof(HistoryWriter), "The history is closed, as the host has stopped. Nothing was written."));
            }

            _waiting.Enqueue(write);
            Monitor.Pulse(_waiting);
        }

        return write.Written;
    }

    /// <summary>Returns when everything that was accepted is written.</summary>
    public void Dispose()
    {
        lock (_waiting)
        {
            _closed = true;
            Monitor.Pulse(_waiting);
        }

        _thread.Join();
        _connection.Dispose();
    }

    private void WriteAll()
    {
        var together = new List<PendingWrite>(AtOnce);
        while (TryTake(together))
        {
            Write(CollectionsMarshal.AsSpan(together));
            together.Clear();
        }
    }

    /// <returns>False when nothing waits, and nothing will.</returns>
    private bool TryTake(List<PendingWrite> together)
    {
        lock (_waiting)
        {
            while (_waiting.Count == 0)
            {
                if (_closed)
                {
                    return false;
                }

                Monitor.Wait(_waiting);
            }

            while (together.Count < AtOnce && _waiting.TryDequeue(out var write))
            {
                if (write.TryBegin())
                {
                    together.Add(write);
                }
            }

            return true;
        }
    }

    private void Write(ReadOnlySpan<PendingWrite> together)
    {
        var failure = TryWrite(together, out var isOfOneOfThem);
        for (var tries = 1; failure is not null && tries < MostTries && _connection.CanTryAgain(failure); tries++)
        {
            failure = TryWrite(together, out isOfOneOfThem);
        }

        if (isOfOneOfThem && together.Length > 1)
        {
            // One of them takes nothing of the others along: the half that it is not in is written, and so on. Savepoints
            // would say which it is, but with one for each all of this takes twice as long, and most never fail.
            Write(together[..(together.Length / 2)]);
            Write(together[(together.Length / 2)..]);
            return;
        }

        foreach (var write in together)
        {
            write.End(failure);
        }
    }

    /// <returns>Why it failed, or null.</returns>
    private Exception? TryWrite(ReadOnlySpan<PendingWrite> together, out bool isOfOneOfThem)
    {
        isOfOneOfThem = false;
        try
        {
            if (_connection.IsBroken)
            {
                _connection.Dispose();
                _connection = _open();
            }

            _connection.Begin();
            _journal?.Save(_connection);
            isOfOneOfThem = true;
            foreach (var write in together)
            {
                write.Run(_connection);
            }

            isOfOneOfThem = false;
            _connection.Commit();
            _journal?.Saved();
            _takesNothing = null;
            return null;
        }
#pragma warning disable CA1031 // Whoever waits hears of it.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            RollBack();
            isOfOneOfThem &= !_connection.IsBroken;
            _takesNothing = failure is DbException of && _connection.TakesNothing(of) ? of : null;
            _journal?.NotSaved(isRefused: !isOfOneOfThem || _takesNothing is not null);
            return failure;
        }
    }

    private void RollBack()
    {
        try
        {
            if (!_connection.IsBroken)
            {
                _connection.RollBack();
            }
        }
        catch (DbException)
        {
            // Whoever comes next hears that there can be no transaction within another, and it is tried again.
        }
    }
}
