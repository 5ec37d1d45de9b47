using Microsoft.Data.Sqlite;
using PluginHost.History.Journal;
using PluginHost.Hosting;
using SQLitePCL;

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

            var journal = hasJournal ? OpenJournal(file, connectionString) : null;
            return (new HistoryWriter(() => OpenForWriting(connectionString), journal), new ReadConnections(() => SqliteHistoryConnection.Open(connectionString)), journal);
        }
        catch (Exception failure) when (failure is SqliteException { SqliteErrorCode: raw.SQLITE_FULL or raw.SQLITE_READONLY or raw.SQLITE_IOERR } or IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException(
                $"The history in {file} cannot be written: {failure.Message} Nothing was changed. Is the disk full, read-only, or somebody else's? Start again when that is mended.", failure);
        }
        catch (SqliteException failure)
        {
            throw new InvalidOperationException(
                $"The history in {file} cannot be opened: {failure.Message} Nothing was changed. Move the file, and those beside it that begin like it, away to start with an empty history, or restore it from a backup.",
                failure);
        }
    }

    private static RunJournal OpenJournal(string file, string connectionString)
    {
        using var connection = OpenForWriting(connectionString);
        var lines = JournalFiles.Read(file, JournalReplay.Last(connection));
        return JournalReplay.TakeUp(connection, lines) is [var first, ..]
            ? throw new InvalidOperationException(
                $"The journal of runs beside {file} does not go on where the history ends: it is at line {JournalReplay.Last(connection)}, and the journal has {first.Number} next. One of the two was replaced without the other, or the disk lost a part. Nothing was thrown away. Put back all of history.db* together, restore a backup (pluginhost restore), or move history.db-runs1 and history.db-runs2 away: the runs in them are then not known.")
            : new RunJournal(file, JournalReplay.Last(connection));
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
