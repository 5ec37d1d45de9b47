namespace PluginHost.History.Sqlite;

/// <summary>The tables, step by step: a step that has been released is never changed, only followed by another.</summary>
internal static class SqliteSchema
{
    // Each row keeps its whole record as a JSON document; what is searched by stands beside it.
    public static IReadOnlyList<string> Steps { get; } =
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

        // AUTOINCREMENT: an entry that is gone leaves a gap in the numbers that nothing fills again.
        """
        CREATE TABLE access_keys (name TEXT PRIMARY KEY COLLATE NOCASE, hash TEXT NOT NULL UNIQUE, role TEXT NOT NULL, created_at INTEGER NOT NULL, last_used_at INTEGER) WITHOUT ROWID;
        CREATE TABLE audit (
            id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, who TEXT COLLATE NOCASE, origin TEXT, action TEXT NOT NULL, target TEXT, outcome TEXT NOT NULL, reason TEXT);
        CREATE INDEX audit_by_time ON audit (at);
        CREATE INDEX audit_by_who ON audit (who, id);
        CREATE INDEX audit_by_action ON audit (action, id);
        CREATE INDEX audit_by_who_and_action ON audit (who, action, id);
        """,
        """
        CREATE TABLE crashes (
            run TEXT PRIMARY KEY, script TEXT NOT NULL COLLATE NOCASE, version TEXT NOT NULL, at INTEGER NOT NULL, alone INTEGER NOT NULL, cause TEXT, allowed INTEGER NOT NULL) WITHOUT ROWID;
        CREATE INDEX crashes_by_script ON crashes (script, version, run);
        CREATE TABLE quarantines (
            script TEXT NOT NULL COLLATE NOCASE, version TEXT NOT NULL, since INTEGER NOT NULL, crashes INTEGER NOT NULL, reason TEXT NOT NULL, PRIMARY KEY (script, version)) WITHOUT ROWID;
        CREATE TABLE load_crashes (
            plugin TEXT NOT NULL COLLATE NOCASE, content_key TEXT NOT NULL, crashes INTEGER NOT NULL, alone INTEGER NOT NULL, at INTEGER NOT NULL, cause TEXT, PRIMARY KEY (plugin, content_key)) WITHOUT ROWID;
        """,
        """
        ALTER TABLE runs ADD COLUMN fan_out TEXT;
        CREATE INDEX runs_by_fan_out ON runs (fan_out, id) WHERE fan_out IS NOT NULL;
        """,

        // Not from 0: so the lines of a journal are told from those that belong to another database.
        """
        CREATE TABLE journal (last INTEGER NOT NULL);
        INSERT INTO journal (last) VALUES ((random() & 0x3fffff) << 40);
        """,
    ];

    public static void Migrate(SqliteHistoryConnection connection, string file)
    {
        while (!IsCurrent(connection))
        {
            // Read again within the transaction: the host and the command for its keys may both find the file new. What
            // fails here is undone when the connection is closed.
            connection.Begin();
            if (!IsCurrent(connection))
            {
                var version = Version(connection);
                connection.Run(Steps[version]);
                connection.Run($"PRAGMA user_version = {version + 1}");
            }

            connection.Commit();
        }

        bool IsCurrent(SqliteHistoryConnection opened) => Version(opened) is var version && version > Steps.Count
            ? throw new InvalidOperationException(
                $"The history in {file} was written by a newer version of PluginHost (schema {version}, this one knows {Steps.Count}). Nothing was changed. Start the newer version, restore a backup that was made before the upgrade (pluginhost restore), or use another data directory.")
            : version == Steps.Count;
    }

    private static int Version(SqliteHistoryConnection connection) => connection.Query("PRAGMA user_version", reader => reader.GetInt32(0)).Single();
}
