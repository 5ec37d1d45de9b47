using System.Globalization;
using Microsoft.Data.Sqlite;

namespace PluginHost.Benchmarks.Web;

/// <summary>Runs that never were, written into a host's history while it is stopped: a month of them, spread over the scripts.</summary>
internal static class ManyRuns
{
    private static readonly TimeSpan Span = TimeSpan.FromDays(30);

    /// <param name="database">The history of a host that is stopped.</param>
    /// <param name="template">A run that succeeded; the others are as it, but for what tells them apart.</param>
    /// <param name="count">How many.</param>
    /// <param name="scripts">Over how many scripts, named Many.S0000 and on.</param>
    public static void Add(string database, string template, int count, int scripts)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = database, Pooling = false }.ToString());
        connection.Open();
        Execute(connection, "PRAGMA synchronous = OFF");
        using (var transaction = connection.BeginTransaction())
        {
            using var insert = connection.CreateCommand();
            insert.CommandText = """
                INSERT INTO runs (id, script, state, "trigger", document)
                SELECT $id, $script, $state, $trigger,
                    json_set(document, '$.id', $id, '$.script', $script, '$.state', $state, '$.trigger', $trigger, '$.queuedAt', $at, '$.startedAt', $at, '$.finishedAt', $at)
                FROM runs WHERE id = $template
                """;
            foreach (var name in new[] { "$id", "$script", "$state", "$trigger", "$at" })
            {
                insert.Parameters.Add(new SqliteParameter(name, ""));
            }

            insert.Parameters.AddWithValue("$template", template);
            var start = DateTimeOffset.UtcNow - Span - TimeSpan.FromHours(1);
            for (var i = 0; i < count; i++)
            {
                var at = start + (Span * ((double)i / count));
                insert.Parameters["$id"].Value = Guid.CreateVersion7(at).ToString("n");
                insert.Parameters["$script"].Value = string.Create(CultureInfo.InvariantCulture, $"Many.S{i % scripts:D4}");
                insert.Parameters["$state"].Value = i % 25 == 7 ? "Failed" : "Succeeded";
                insert.Parameters["$trigger"].Value = i % 50 == 3 ? "Manual" : "Schedule";
                insert.Parameters["$at"].Value = at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
                insert.ExecuteNonQuery();
            }

            transaction.Commit();
        }

        Execute(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
