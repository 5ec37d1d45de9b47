using Microsoft.Data.Sqlite;
using PluginHost.History.Journal;
using PluginHost.Hosting;

namespace PluginHost.History.Sqlite;

/// <summary>The history of a single host: a SQLite file in its data directory.</summary>
internal sealed class SqliteDatabase : HistoryDatabase
{
    public SqliteDatabase(DataDirectory data)
        : this(data.Database, hasJournal: true)
    {
    }

    /// <param name="file">The file; made when it is not there.</param>
    /// <param name="hasJournal">For the host itself, which alone writes the journal and takes up what is in it.</param>
    public SqliteDatabase(string file, bool hasJournal = false)
        : base(Open(file, hasJournal))
    {
    }

    private static (HistoryWriter Writer, ReadConnections Readers, RunJournal? Journal) Open(string file, bool hasJournal)
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

            if (hasJournal)
            {
                TakeUp(JournalFiles.Read(file), connectionString);
            }

            var journal = hasJournal ? new RunJournal(file) : null;
            return (new HistoryWriter(() => OpenForWriting(connectionString), journal), new ReadConnections(() => SqliteHistoryConnection.Open(connectionString)), journal);
        }
        catch (SqliteException failure)
        {
            throw new InvalidOperationException(
                $"The history in {file} cannot be opened: {failure.Message} Nothing was changed. Move the file away to start with an empty history, or restore it from a backup.",
                failure);
        }
    }

    /// <summary>Brings what was left in a journal into a database that nobody else writes.</summary>
    public static void TakeUp(IReadOnlyList<JournaledRun> journaled, string connectionString)
    {
        if (journaled.Count > 0)
        {
            using var connection = OpenForWriting(connectionString);
            connection.Begin();
            JournalReplay.Save(connection, journaled);
            connection.Commit();
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
