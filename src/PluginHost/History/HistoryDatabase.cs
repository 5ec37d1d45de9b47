using Microsoft.Data.Sqlite;
using PluginHost.Hosting;

namespace PluginHost.History;

/// <summary>The SQLite file that holds what happened. One writer, any number of readers.</summary>
internal sealed class HistoryDatabase : IDisposable
{
    private readonly string _connectionString;
    private readonly HistoryWriter _writer;
    private readonly ReadConnections _readers;

    public HistoryDatabase(DataDirectory data)
        : this(data.Database)
    {
    }

    public HistoryDatabase(string file)
    {
        _connectionString = new SqliteConnectionStringBuilder { DataSource = file, DefaultTimeout = 30, Pooling = false }.ToString();
        try
        {
            using (var connection = Open())
            {
                // Lets readers go on beside the writer, from now on, whoever opens the file.
                connection.Run("PRAGMA journal_mode = WAL");
                HistorySchema.Migrate(connection, file);
            }

            _writer = new HistoryWriter(Open());
            _readers = new ReadConnections(Open);
        }
        catch (SqliteException failure)
        {
            throw new InvalidOperationException(
                $"The history in {file} cannot be opened: {failure.Message} Nothing was changed. Move the file away to start with an empty history, or restore it from a backup.",
                failure);
        }
    }

    /// <summary>Changes something, all of it or nothing; when it answers, the change is on disk.</summary>
    /// <param name="work">
    /// Shares a transaction with others that wait, and sees what those before it changed. What it throws is thrown to
    /// the caller, and undoes its own changes alone. It is run again when one that it shares with fails, so it may change
    /// nothing but what is in the database.
    /// </param>
    /// <param name="cancellationToken">Gives up, as long as it has not begun.</param>
    /// <exception cref="SqliteException">It is not on disk, for instance because the disk is full.</exception>
    /// <exception cref="ObjectDisposedException">The history is closed.</exception>
    public Task<T> WriteAsync<T>(Func<SqliteConnection, T> work, CancellationToken cancellationToken) => _writer.WriteAsync(work, cancellationToken);

    /// <summary>Reads what is on disk; the writer goes on meanwhile.</summary>
    /// <exception cref="ObjectDisposedException">The history is closed.</exception>
    public T Read<T>(Func<SqliteConnection, T> work) => _readers.Read(work);

    /// <summary>Writes what was accepted, and closes the file.</summary>
    public void Dispose()
    {
        // The writer comes last: the one that closes the file last tidies it up.
        _readers.Dispose();
        _writer.Dispose();
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection(_connectionString);
        connection.Open();
        return connection;
    }
}
