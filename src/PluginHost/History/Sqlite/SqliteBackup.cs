using Microsoft.Data.Sqlite;
using PluginHost.History.Journal;

namespace PluginHost.History.Sqlite;

/// <summary>Copies a history as it is at one moment, while others read and write it.</summary>
internal static class SqliteBackup
{
    /// <summary>Makes a file of its own, for nobody else, of what is stored now.</summary>
    public static void Copy(string from, string to)
    {
        // Before the database: what is no longer in there by then is in the database.
        var lines = JournalFiles.Read(from, last: null);
        Backups.PrivateFile.Create(to).Dispose();
        using var source = Open(from, SqliteOpenMode.ReadWrite);
        using var target = Open(to, SqliteOpenMode.ReadWrite);
        source.BackupDatabase(target);
        TakeUp(target, lines);

        // One file, whole without a second one beside it.
        Run(target, "PRAGMA journal_mode = DELETE");
    }

    /// <summary>The files were read one after the other, while they were written: what comes after a line that is missing is of later, like all that is not in there.</summary>
    private static void TakeUp(SqliteConnection target, IReadOnlyList<JournalLine> lines)
    {
        using var connection = SqliteHistoryConnection.Open(target.ConnectionString);
        JournalReplay.TakeUp(connection, lines);
    }

    /// <summary>Makes sure that a history is whole, and that this version can read it.</summary>
    /// <returns>How many steps its tables have.</returns>
    /// <exception cref="InvalidOperationException">It is damaged, or of a newer version.</exception>
    public static int Check(string file)
    {
        try
        {
            using var connection = Open(file, SqliteOpenMode.ReadOnly);
            var found = Run(connection, "PRAGMA integrity_check");
            if (found as string != "ok")
            {
                throw new InvalidOperationException($"its history is damaged: {found}");
            }

            var schema = Convert.ToInt32(Run(connection, "PRAGMA user_version"), System.Globalization.CultureInfo.InvariantCulture);
            return schema <= SqliteSchema.Steps.Count
                ? schema
                : throw new InvalidOperationException($"its history was written by a newer version of PluginHost (schema {schema}, this one knows {SqliteSchema.Steps.Count}). Take that version.");
        }
        catch (SqliteException failure)
        {
            throw new InvalidOperationException($"its history cannot be read: {failure.Message}", failure);
        }
    }

    private static object? Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // a constant, each time
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteScalar();
    }

    private static SqliteConnection Open(string file, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Mode = mode, DefaultTimeout = 30, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }
}
