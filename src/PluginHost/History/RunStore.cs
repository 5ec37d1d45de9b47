using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace PluginHost.History;

/// <summary>The runs.</summary>
internal sealed class RunStore(HistoryDatabase database, TimeProvider time)
{
    private static readonly TimeSpan KeyLifetime = TimeSpan.FromHours(24);

    /// <summary>Stores a new run.</summary>
    /// <returns>The run; when the key was used for the script before, the run from then.</returns>
    public Task<RunInfo> AddAsync(RunInfo run, string? idempotencyKey, CancellationToken cancellationToken) =>
        database.WriteAsync(
            connection =>
            {
                if (idempotencyKey is not null && Remember(connection, run, idempotencyKey) is { } earlier)
                {
                    return earlier;
                }

                Save(connection, run);
                return run;
            },
            cancellationToken);

    /// <summary>Stores a new run of a schedule, what it is for, and that its time is accounted for: all or nothing.</summary>
    public Task<RunInfo> AddScheduledAsync(RunInfo run, OccurrenceInfo occurrence, ScheduleMark mark, CancellationToken cancellationToken) =>
        database.WriteAsync(
            connection =>
            {
                Save(connection, run);
                OccurrenceStore.Add(connection, occurrence);
                ScheduleStore.Save(connection, mark);
                return run;
            },
            cancellationToken);

    public Task SaveAsync(RunInfo run, CancellationToken cancellationToken) =>
        database.WriteAsync(
            connection =>
            {
                Save(connection, run);
                OccurrenceStore.Settle(connection, run);
                return true;
            },
            cancellationToken);

    public RunInfo? Find(string id) => database.Read(connection => Find(connection, id));

    /// <summary>Runs, newest first.</summary>
    public Page<RunInfo> List(RunQuery query)
    {
        var limit = Math.Clamp(query.Limit, 1, 500);
        var runs = database.Read(connection => connection.Query(
            RunListing.Sql(query), ReadDocument, ("$script", query.Script), ("$after", query.After), ("$limit", limit + 1)));
        return new Page<RunInfo>([.. runs.Take(limit)], runs.Count > limit ? runs[limit - 1].Id : null);
    }

    /// <summary>The newest run of each script.</summary>
    public IReadOnlyDictionary<string, RunInfo> Last() =>
        database.Read(connection => connection.Query(
                $"""
                {RunListing.Scripts}
                SELECT (SELECT document FROM runs WHERE runs.script = scripts.script ORDER BY id DESC LIMIT 1) FROM scripts WHERE script IS NOT NULL
                """,
                ReadDocument))
            .ToDictionary(run => run.Script, StringComparer.OrdinalIgnoreCase);

    /// <summary>What was under way when the host died.</summary>
    public Task<List<RunInfo>> MarkLostAsync(CancellationToken cancellationToken) =>
        database.WriteAsync(
            connection =>
            {
                var lost = connection.Query("SELECT document FROM runs WHERE state IN ('Queued', 'Running')", ReadDocument)
                    .ConvertAll(run => run with { State = RunState.Lost, FinishedAt = time.GetUtcNow() });
                foreach (var run in lost)
                {
                    Save(connection, run);
                    OccurrenceStore.Settle(connection, run);
                }

                return lost;
            },
            cancellationToken);

    private RunInfo? Remember(SqliteConnection connection, RunInfo run, string key)
    {
        var now = time.GetUtcNow();
        connection.Run("DELETE FROM idempotency_keys WHERE created_at < $limit", ("$limit", (now - KeyLifetime).ToUnixTimeMilliseconds()));
        var earlier = connection.Query(
            "SELECT run FROM idempotency_keys WHERE script = $script AND key = $key", reader => reader.GetString(0), ("$script", run.Script), ("$key", key));
        if (earlier is [var id])
        {
            return Find(connection, id);
        }

        connection.Run(
            "INSERT INTO idempotency_keys (script, key, run, created_at) VALUES ($script, $key, $run, $now)",
            ("$script", run.Script), ("$key", key), ("$run", run.Id), ("$now", now.ToUnixTimeMilliseconds()));
        return null;
    }

    private static RunInfo? Find(SqliteConnection connection, string id) =>
        connection.Query("SELECT document FROM runs WHERE id = $id", ReadDocument, ("$id", id)).SingleOrDefault();

    private static void Save(SqliteConnection connection, RunInfo run) => connection.Run(
        """
        INSERT INTO runs (id, script, state, "trigger", document) VALUES ($id, $script, $state, $trigger, $document)
        ON CONFLICT (id) DO UPDATE SET state = excluded.state, document = excluded.document
        """,
        ("$id", run.Id), ("$script", run.Script), ("$state", run.State.ToString()), ("$trigger", run.Trigger.ToString()),
        ("$document", JsonSerializer.Serialize(run, HistoryJson.Default.RunInfo)));

    private static RunInfo ReadDocument(SqliteDataReader reader) =>
        JsonSerializer.Deserialize(reader.GetString(0), HistoryJson.Default.RunInfo)!;
}
