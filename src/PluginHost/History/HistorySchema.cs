using Microsoft.Data.Sqlite;

namespace PluginHost.History;

/// <summary>The tables, step by step: a step that has been released is never changed, only followed by another.</summary>
internal static class HistorySchema
{
    // Each row keeps its whole record as a JSON document; what is searched by stands beside it.
    private static readonly string[] Steps =
    [
        """
        CREATE TABLE runs (id TEXT PRIMARY KEY, script TEXT NOT NULL COLLATE NOCASE, state TEXT NOT NULL, "trigger" TEXT NOT NULL, document TEXT NOT NULL) WITHOUT ROWID;
        CREATE INDEX runs_by_script ON runs (script, id);
        CREATE INDEX runs_by_state ON runs (state, id);
        CREATE TABLE idempotency_keys (script TEXT NOT NULL COLLATE NOCASE, key TEXT NOT NULL, run TEXT NOT NULL, created_at INTEGER NOT NULL, PRIMARY KEY (script, key)) WITHOUT ROWID;
        CREATE TABLE deployments (id TEXT PRIMARY KEY, source TEXT NOT NULL, document TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE live_plugins (plugin TEXT PRIMARY KEY COLLATE NOCASE, document TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE paused_scripts (script TEXT PRIMARY KEY COLLATE NOCASE) WITHOUT ROWID;
        CREATE TABLE schedules (script TEXT NOT NULL COLLATE NOCASE, key TEXT NOT NULL, accounted_until INTEGER NOT NULL, PRIMARY KEY (script, key)) WITHOUT ROWID;
        """,
        """
        CREATE TABLE occurrences (
            id INTEGER PRIMARY KEY, script TEXT NOT NULL COLLATE NOCASE, key TEXT NOT NULL, due INTEGER NOT NULL, until INTEGER NOT NULL,
            count INTEGER NOT NULL, outcome TEXT NOT NULL, late_ms INTEGER, run TEXT, reason TEXT, UNIQUE (script, key, due));
        CREATE INDEX occurrences_by_due ON occurrences (due);
        CREATE INDEX occurrences_by_script ON occurrences (script, due);
        CREATE INDEX pending_occurrences ON occurrences (run) WHERE outcome = 'Pending';
        """,

        // AUTOINCREMENT: a version that was once given is never given again, also after its value was removed.
        """
        CREATE TABLE script_values (
            version INTEGER PRIMARY KEY AUTOINCREMENT, script TEXT NOT NULL COLLATE NOCASE, key TEXT NOT NULL, value TEXT NOT NULL, updated_at INTEGER NOT NULL,
            UNIQUE (script, key));
        """,
        """
        CREATE TABLE pins (plugin TEXT PRIMARY KEY COLLATE NOCASE, content_key TEXT NOT NULL, version TEXT NOT NULL, set_by TEXT, set_at INTEGER NOT NULL) WITHOUT ROWID;
        """,

        // What most runs have costs no more than the end of an index: the pages that are written are what a run costs, and
        // where the script comes first there is one for each script.
        """
        CREATE INDEX runs_by_trigger ON runs ("trigger", id);
        CREATE INDEX unsuccessful_runs_by_script ON runs (script, state, id) WHERE state NOT IN ('Queued', 'Running', 'Succeeded');
        CREATE INDEX unsuccessful_runs_by_trigger ON runs (state, "trigger", id) WHERE state NOT IN ('Queued', 'Running', 'Succeeded');
        CREATE INDEX unscheduled_runs_by_script ON runs (script, "trigger", id) WHERE "trigger" <> 'Schedule';
        CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
        CREATE INDEX deployments_by_source ON deployments (source COLLATE NOCASE, id);
        CREATE INDEX running_deployments ON deployments (id) WHERE json_extract(document, '$.state') = 'Running';
        CREATE INDEX occurrences_by_outcome ON occurrences (outcome, due) WHERE outcome <> 'Ran';
        CREATE INDEX occurrences_by_script_and_outcome ON occurrences (script, outcome, due) WHERE outcome NOT IN ('Pending', 'Ran');
        CREATE INDEX occurrences_of_several ON occurrences (until, due) WHERE until > due;
        """,
        """
        ALTER TABLE idempotency_keys ADD COLUMN request TEXT;
        """,
        """
        CREATE TABLE schedule_overrides (script TEXT NOT NULL COLLATE NOCASE, id TEXT NOT NULL COLLATE NOCASE, document TEXT NOT NULL, PRIMARY KEY (script, id)) WITHOUT ROWID;
        """,
    ];

    public static void Migrate(SqliteConnection connection, string file)
    {
        var version = connection.Query("PRAGMA user_version", reader => reader.GetInt32(0)).Single();
        if (version > Steps.Length)
        {
            throw new InvalidOperationException(
                $"The history in {file} was written by a newer version of PluginHost (schema {version}, this one knows {Steps.Length}). Nothing was changed. Start the newer version, or another data directory.");
        }

        for (var step = version; step < Steps.Length; step++)
        {
            using var transaction = connection.BeginTransaction();
            connection.Run(Steps[step]);
            connection.Run($"PRAGMA user_version = {step + 1}");
            transaction.Commit();
        }
    }
}
