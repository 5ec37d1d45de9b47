using Microsoft.Data.Sqlite;
using PluginHost.Hosting;

namespace PluginHost.History.Sqlite;

/// <summary>The history of a single host: a SQLite file in its data directory.</summary>
internal sealed class SqliteDatabase : HistoryDatabase
{
    public SqliteDatabase(DataDirectory data)
        : this(data.Database)
    {
    }

    public SqliteDatabase(string file)
        : base(Open(file))
    {
    }

    private static (HistoryWriter Writer, ReadConnections Readers) Open(string file)
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

            return (new HistoryWriter(() => OpenForWriting(connectionString)), new ReadConnections(() => SqliteHistoryConnection.Open(connectionString)));
        }
        catch (SqliteException failure)
        {
            throw new InvalidOperationException(
                $"The history in {file} cannot be opened: {failure.Message} Nothing was changed. Move the file away to start with an empty history, or restore it from a backup.",
                failure);
        }
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
