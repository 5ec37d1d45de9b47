namespace PluginHost.Cluster.Postgres;

/// <summary>The tables, step by step: a step that has been released is never changed, only followed by another.</summary>
internal static class PostgresSchema
{
    // The same for all, so that nodes that start together take turns: a number of ours among those of the database.
    private const long Lock = 0x506C7567696E48;

    /// <summary>How many steps a node must know to work beside those that know them all. It is raised to the number of a step that takes something away, or that makes wrong what older nodes write.</summary>
    /// <remarks>Else a node of the version before could not be started again while the others are upgraded.</remarks>
    public const int Needed = 7;

    /// <summary>As those of SQLite are. What is compared without case there has a collation of the same name here.</summary>
    public static IReadOnlyList<string> Steps { get; } =
    [
        """
        CREATE COLLATION nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false);

        CREATE FUNCTION json_extract(document text, path text) RETURNS text IMMUTABLE LANGUAGE sql
        AS $$ SELECT document::json ->> substr(path, 3) $$;

        CREATE TABLE runs (id text COLLATE "C" PRIMARY KEY, script text COLLATE nocase NOT NULL, state text NOT NULL, "trigger" text NOT NULL, document text NOT NULL);
        CREATE INDEX runs_by_script ON runs (script, id);
        CREATE INDEX runs_by_state ON runs (state, id);
        CREATE INDEX runs_by_trigger ON runs ("trigger", id);
        CREATE INDEX unsuccessful_runs_by_script ON runs (script, state, id) WHERE state NOT IN ('Queued', 'Running', 'Succeeded');
        CREATE INDEX unsuccessful_runs_by_trigger ON runs (state, "trigger", id) WHERE state NOT IN ('Queued', 'Running', 'Succeeded');
        CREATE INDEX unscheduled_runs_by_script ON runs (script, "trigger", id) WHERE "trigger" <> 'Schedule';

        CREATE TABLE idempotency_keys (script text COLLATE nocase NOT NULL, key text NOT NULL, run text NOT NULL, request text, created_at bigint NOT NULL, PRIMARY KEY (script, key));
        CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);

        CREATE TABLE deployments (id text COLLATE "C" PRIMARY KEY, source text COLLATE nocase NOT NULL, document text NOT NULL);
        CREATE INDEX deployments_by_source ON deployments (source, id);
        CREATE INDEX running_deployments ON deployments (id) WHERE json_extract(document, '$.state') = 'Running';

        CREATE TABLE live_plugins (plugin text COLLATE nocase PRIMARY KEY, document text NOT NULL);
        CREATE TABLE pins (plugin text COLLATE nocase PRIMARY KEY, content_key text NOT NULL, version text NOT NULL, set_by text, set_at bigint NOT NULL);
        CREATE TABLE paused_scripts (script text COLLATE nocase PRIMARY KEY);
        CREATE TABLE schedules (script text COLLATE nocase NOT NULL, key text NOT NULL, accounted_until bigint NOT NULL, PRIMARY KEY (script, key));
        CREATE TABLE schedule_overrides (script text COLLATE nocase NOT NULL, id text COLLATE nocase NOT NULL, document text NOT NULL, PRIMARY KEY (script, id));

        CREATE TABLE occurrences (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, script text COLLATE nocase NOT NULL, key text NOT NULL, due bigint NOT NULL, until bigint NOT NULL,
            count bigint NOT NULL, outcome text NOT NULL, late_ms bigint, run text, reason text, UNIQUE (script, key, due));
        CREATE INDEX occurrences_by_due ON occurrences (due);
        CREATE INDEX occurrences_by_script ON occurrences (script, due);
        CREATE INDEX pending_occurrences ON occurrences (run) WHERE outcome = 'Pending';
        CREATE INDEX occurrences_by_outcome ON occurrences (outcome, due) WHERE outcome <> 'Ran';
        CREATE INDEX occurrences_by_script_and_outcome ON occurrences (script, outcome, due) WHERE outcome NOT IN ('Pending', 'Ran');
        CREATE INDEX occurrences_of_several ON occurrences (until, due) WHERE until > due;

        CREATE TABLE script_values (
            version bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, script text COLLATE nocase NOT NULL, key text NOT NULL, value text NOT NULL, updated_at bigint NOT NULL,
            UNIQUE (script, key));

        CREATE TABLE access_keys (name text COLLATE nocase PRIMARY KEY, hash text NOT NULL UNIQUE, role text NOT NULL, created_at bigint NOT NULL, last_used_at bigint);
        CREATE TABLE audit (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at bigint NOT NULL, who text COLLATE nocase, origin text, action text NOT NULL, target text, outcome text NOT NULL, reason text);
        CREATE INDEX audit_by_time ON audit (at);
        CREATE INDEX audit_by_who ON audit (who, id);
        CREATE INDEX audit_by_action ON audit (action, id);
        CREATE INDEX audit_by_who_and_action ON audit (who, action, id);
        """,
        """
        CREATE TABLE crashes (
            run text COLLATE "C" PRIMARY KEY, script text COLLATE nocase NOT NULL, version text NOT NULL, at bigint NOT NULL, alone bigint NOT NULL, cause text, allowed bigint NOT NULL);
        CREATE INDEX crashes_by_script ON crashes (script, version, run);
        CREATE TABLE quarantines (
            script text COLLATE nocase NOT NULL, version text NOT NULL, since bigint NOT NULL, crashes bigint NOT NULL, reason text NOT NULL, PRIMARY KEY (script, version));
        CREATE TABLE load_crashes (
            plugin text COLLATE nocase NOT NULL, content_key text NOT NULL, crashes bigint NOT NULL, alone bigint NOT NULL, at bigint NOT NULL, cause text, PRIMARY KEY (plugin, content_key));
        """,

        // The channel's name is that of PostgresSource.ChannelOf.
        """
        CREATE TABLE nodes (id text COLLATE nocase PRIMARY KEY, incarnation text NOT NULL, is_up boolean NOT NULL, started_at bigint NOT NULL, last_check_in bigint NOT NULL, document text NOT NULL);
        CREATE TABLE script_turns (script text COLLATE nocase PRIMARY KEY, turns bigint NOT NULL);
        CREATE TABLE run_orders (run text COLLATE "C" PRIMARY KEY, node text COLLATE nocase NOT NULL);
        CREATE TABLE plugin_claims (plugin text COLLATE nocase PRIMARY KEY, content_key text NOT NULL, version text NOT NULL, node text NOT NULL);
        CREATE TABLE log_requests (id text PRIMARY KEY, run text NOT NULL, after bigint NOT NULL, answer text, ended boolean NOT NULL DEFAULT FALSE, at timestamptz NOT NULL DEFAULT now());
        CREATE INDEX unfinished_runs ON runs (script, id) WHERE state IN ('Queued', 'Running');

        CREATE FUNCTION tell_of_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM pg_notify('pluginhost_' || TG_TABLE_SCHEMA, 'changed ' || TG_TABLE_NAME);
            RETURN NULL;
        END $$;
        CREATE TRIGGER tell AFTER INSERT OR UPDATE OR DELETE ON pins FOR EACH STATEMENT EXECUTE FUNCTION tell_of_change();
        CREATE TRIGGER tell AFTER INSERT OR UPDATE OR DELETE ON paused_scripts FOR EACH STATEMENT EXECUTE FUNCTION tell_of_change();
        CREATE TRIGGER tell AFTER INSERT OR UPDATE OR DELETE ON schedule_overrides FOR EACH STATEMENT EXECUTE FUNCTION tell_of_change();
        CREATE TRIGGER tell AFTER INSERT OR UPDATE OR DELETE ON quarantines FOR EACH STATEMENT EXECUTE FUNCTION tell_of_change();
        """,
        Resource("Quartz-4.7.3.sql"),

        // What is in it is compressed already.
        """
        CREATE TABLE shared_builds (
            plugin text COLLATE nocase NOT NULL, content_key text NOT NULL, platform text NOT NULL, put_at bigint NOT NULL, bytes bigint NOT NULL, document text NOT NULL, content bytea NOT NULL,
            PRIMARY KEY (plugin, content_key, platform));
        ALTER TABLE shared_builds ALTER COLUMN content SET STORAGE EXTERNAL;
        ALTER TABLE plugin_claims ADD COLUMN output_hash text;
        """,
        """
        ALTER TABLE nodes ADD COLUMN draining boolean NOT NULL DEFAULT FALSE;
        """,
        """
        ALTER TABLE runs ADD COLUMN fan_out text COLLATE "C";
        CREATE INDEX runs_by_fan_out ON runs (fan_out, id) WHERE fan_out IS NOT NULL;
        """,
        """
        CREATE TABLE run_places (
            run text COLLATE "C" PRIMARY KEY, arrival bigint GENERATED ALWAYS AS IDENTITY, name text COLLATE nocase NOT NULL, node text COLLATE nocase NOT NULL, rank integer NOT NULL,
            taken boolean NOT NULL DEFAULT FALSE);
        CREATE INDEX run_places_by_name ON run_places (name, taken, rank, arrival);
        """,
    ];

    private static string Resource(string name)
    {
        using var reader = new StreamReader(typeof(PostgresSchema).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }

    public static void Migrate(PostgresConnection connection, string schema) => Migrate(connection, schema, Steps, Needed);

    /// <summary>Brings the tables to where a version has them that knows these steps.</summary>
    /// <exception cref="ClusterException">A newer version has changed them so that this one cannot work with them.</exception>
    public static void Migrate(PostgresConnection connection, string schema, IReadOnlyList<string> steps, int needed)
    {
        // Each statement sees what those before it have committed, also while this one waited for the lock.
        connection.Run("BEGIN ISOLATION LEVEL READ COMMITTED");
        connection.Query($"SELECT pg_advisory_xact_lock({Lock})", _ => true);
        connection.Run($"CREATE SCHEMA IF NOT EXISTS \"{schema}\"");
        connection.Run("CREATE TABLE IF NOT EXISTS schema_version (version integer NOT NULL)");
        connection.Run("ALTER TABLE schema_version ADD COLUMN IF NOT EXISTS needed integer NOT NULL DEFAULT 0");
        var (version, neededThere) = connection.Query("SELECT version, needed FROM schema_version", reader => (reader.GetInt32(0), reader.GetInt32(1))) is [var found] ? found : (0, 0);
        if (neededThere > steps.Count)
        {
            throw new ClusterException(
                $"The schema '{schema}' was changed by a newer version of PluginHost in a way that this one cannot work with (schema {version}; this one knows {steps.Count}, and must know {neededThere}). Nothing was changed. Start the newer version, or name another schema.");
        }

        if (version < steps.Count)
        {
            foreach (var step in steps.Skip(version))
            {
                connection.Run(step);
            }

            connection.Run("DELETE FROM schema_version");
            connection.Run("INSERT INTO schema_version (version, needed) VALUES (@version, @needed)", ("@version", steps.Count), ("@needed", needed));
        }

        connection.Commit();
    }
}
