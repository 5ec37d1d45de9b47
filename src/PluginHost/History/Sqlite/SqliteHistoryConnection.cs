using System.Data.Common;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace PluginHost.History.Sqlite;

/// <summary>A connection to a SQLite file.</summary>
internal sealed class SqliteHistoryConnection(SqliteConnection connection) : HistoryConnection(connection)
{
    /// <summary>For what only SQLite itself offers.</summary>
    public sqlite3 Handle => connection.Handle!;

    public static SqliteHistoryConnection Open(string connectionString)
    {
        var connection = new SqliteConnection(connectionString);
        connection.Open();
        return new SqliteHistoryConnection(connection);
    }

    // Whoever means to write says so at once: one that reads first may find later that another has written meanwhile.
    public override void Begin() => Run("BEGIN IMMEDIATE");

    public override bool TakesNothing(DbException failure) =>
        failure is SqliteException { SqliteErrorCode: raw.SQLITE_FULL or raw.SQLITE_READONLY or raw.SQLITE_IOERR or raw.SQLITE_CANTOPEN or raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB or raw.SQLITE_PERM };

    public override void RollBack()
    {
        // After some failures SQLite has done so itself.
        if (raw.sqlite3_get_autocommit(Handle) == 0)
        {
            Run("ROLLBACK");
        }
    }
}
