using Microsoft.Data.Sqlite;
using PluginHost.Hosting;

namespace PluginHost.History.Sqlite;

/// <summary>The history of a single host: a SQLite file in its data directory.</summary>
internal sealed class SqliteDatabase : HistoryDatabase
{
    private readonly HistoryWriter _writer;
    private readonly ReadConnections _readers;

    public SqliteDatabase(DataDirectory data)
        : this(data.Database)
    {
    }

    public SqliteDatabase(string file)
    {
        var connectionString = new SqliteConnectionStringBuilder { DataSource = file, DefaultTimeout = 30, Pooling = false }.ToString();
        try
        {
            using (var connection = SqliteHistoryConnection.Open(connectionString))
            {
                // Lets readers go on beside the writer, from now on, whoever opens the file.
                connection.Run("PRAGMA journal_mode = WAL");
                SqliteSchema.Migrate(connection, file);
            }

            _writer = new HistoryWriter(() => OpenForWriting(connectionString));
            _readers = new ReadConnections(() => SqliteHistoryConnection.Open(connectionString));
        }
        catch (SqliteException failure)
        {
            throw new InvalidOperationException(
                $"The history in {file} cannot be opened: {failure.Message} Nothing was changed. Move the file away to start with an empty history, or restore it from a backup.",
                failure);
        }
    }

    public override Task<T> WriteAsync<T>(Func<HistoryConnection, T> work, CancellationToken cancellationToken) => _writer.WriteAsync(work, cancellationToken);

    public override T Read<T>(Func<HistoryConnection, T> work) => _readers.Read(work);

    public override void Dispose()
    {
        // The writer comes last: the one that closes the file last tidies it up.
        _readers.Dispose();
        _writer.Dispose();
    }

    private static SqliteHistoryConnection OpenForWriting(string connectionString)
    {
        var connection = SqliteHistoryConnection.Open(connectionString);

        // What was acknowledged survives a power cut.
        connection.Run("PRAGMA synchronous = FULL");

        // Under load the pages that every run changes are written back once in a while, not each second.
        connection.Run("PRAGMA cache_size = -16384");
        connection.Run("PRAGMA wal_autocheckpoint = 4000");
        return connection;
    }
}
