using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace PluginHost.History;

/// <summary>Writes what waits in one transaction, and then what came meanwhile: many that wait share the one wait for the disk.</summary>
/// <remarks>A thread of its own, so that the history is not held up by what fills the pool.</remarks>
internal sealed class HistoryWriter : IDisposable
{
    /// <summary>How much goes into one transaction at most, so that the first does not wait for long on account of the last.</summary>
    private const int AtOnce = 1024;

    // The writer wakes up without the help of the pool; nothing else continues there.
    private readonly Channel<PendingWrite> _waiting =
        Channel.CreateUnbounded<PendingWrite>(new UnboundedChannelOptions { SingleReader = true, AllowSynchronousContinuations = true });

    private readonly SqliteConnection _connection;
    private readonly Thread _thread;

    /// <param name="connection">Is the writer's from now on.</param>
    public HistoryWriter(SqliteConnection connection)
    {
        _connection = connection;

        // What was acknowledged survives a power cut.
        _thread = new Thread(WriteAll) { Name = "PluginHost history", IsBackground = true };
        _thread.Start();
    }

    public Task<T> WriteAsync<T>(Func<SqliteConnection, T> work, CancellationToken cancellationToken)
    {
        var write = new PendingWrite<T>(work, cancellationToken);
        return _waiting.Writer.TryWrite(write)
            ? write.Written
            : Task.FromException<T>(new ObjectDisposedException(nameof(HistoryWriter), "The history is closed, as the host has stopped. Nothing was written."));
    }

    /// <summary>Returns when everything that was accepted is written.</summary>
    public void Dispose()
    {
        _waiting.Writer.TryComplete();
        _thread.Join();
        _connection.Dispose();
    }

    private void WriteAll()
    {
        var together = new List<PendingWrite>(AtOnce);
        while (_waiting.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (together.Count < AtOnce && _waiting.Reader.TryRead(out var write))
            {
                if (write.TryBegin())
                {
                    together.Add(write);
                }
            }

            Write(together);
            together.Clear();
        }
    }

    private void Write(List<PendingWrite> together)
    {
        Exception? failed = null;
        try
        {
            RunAll(together);
            _connection.Run("COMMIT");
        }
#pragma warning disable CA1031 // Whoever waits hears of it.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            failed = failure;
            RollBack();
        }

        together.ForEach(write => write.End(failed));
    }

    // Savepoints make it twice as dear, so there are some only where one has failed: then all of it is done again.
    private void RunAll(List<PendingWrite> together)
    {
        _connection.Run("BEGIN IMMEDIATE");
        if (together.Count > 1)
        {
            try
            {
                together.ForEach(write => write.Run(_connection));
                return;
            }
#pragma warning disable CA1031 // It fails again below, alone.
            catch (Exception)
#pragma warning restore CA1031
            {
                RollBack();
                _connection.Run("BEGIN IMMEDIATE");
            }
        }

        together.ForEach(RunAlone);
    }

    private void RunAlone(PendingWrite write)
    {
        _connection.Run("SAVEPOINT alone");
        try
        {
            write.Run(_connection);
        }
#pragma warning disable CA1031 // Whoever waits hears of it.
        catch (Exception failure) when (IsInTransaction)
#pragma warning restore CA1031
        {
            write.Failed(failure);
            _connection.Run("ROLLBACK TO alone");
        }

        _connection.Run("RELEASE alone");
    }

    // After some failures SQLite has done so itself.
    private void RollBack()
    {
        if (IsInTransaction)
        {
            _connection.Run("ROLLBACK");
        }
    }

    private bool IsInTransaction => raw.sqlite3_get_autocommit(_connection.Handle) == 0;
}
