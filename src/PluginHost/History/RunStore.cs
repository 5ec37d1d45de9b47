using System.Data.Common;
using System.Text.Json;

namespace PluginHost.History;

/// <summary>What tells a request from others.</summary>
/// <param name="Text">The key that came with it.</param>
/// <param name="RequestHash">What the request asks for, as a hash.</param>
internal sealed record RequestKey(string Text, string RequestHash);

/// <summary>The runs.</summary>
internal sealed class RunStore(HistoryDatabase database, TimeProvider time)
{
    private static readonly TimeSpan KeyLifetime = TimeSpan.FromHours(24);

    /// <summary>Stores a new run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="key">What tells its request from others, or null.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The run; when the key was used for the script before, the run from then.</returns>
    /// <exception cref="ConflictException">The key was used for another request.</exception>
    public Task<RunInfo> AddAsync(RunInfo run, RequestKey? key, CancellationToken cancellationToken)
    {
        var row = Row.Of(run);
        return database.WriteAsync(
            connection =>
            {
                if (key is not null && Remember(connection, run, key) is { } earlier)
                {
                    return earlier;
                }

                row.Save(connection);
                return run;
            },
            cancellationToken);
    }

    /// <summary>Stores a new run of a schedule, what it is for, and that its time is accounted for: all or nothing.</summary>
    /// <returns>The run; null when the time had its turn before, so that there is none.</returns>
    public Task<RunInfo?> AddScheduledAsync(RunInfo run, OccurrenceInfo occurrence, ScheduleMark mark, CancellationToken cancellationToken)
    {
        var row = Row.Of(run);
        return database.WriteAsync<RunInfo?>(
            connection =>
            {
                ScheduleStore.Save(connection, mark);
                if (!OccurrenceStore.Add(connection, OccurrenceStore.Settle(occurrence, run)))
                {
                    return null;
                }

                row.Save(connection);
                return run;
            },
            cancellationToken);
    }

    /// <summary>Stores that a run has begun which had to wait.</summary>
    public Task SaveAsync(RunInfo run, CancellationToken cancellationToken)
    {
        var row = Row.Of(run);
        return database.WriteAsync(
            connection =>
            {
                row.Save(connection);
                OccurrenceStore.Settle(connection, run);
                return true;
            },
            cancellationToken);
    }

    /// <summary>Stores that a run has ended, and the runs that follow it: a crash loses neither without the other.</summary>
    public Task EndAsync(RunInfo run, IReadOnlyList<RunInfo> following, CancellationToken cancellationToken)
    {
        List<Row> rows = [Row.Of(run), .. following.Select(Row.Of)];
        return database.WriteAsync(
            connection =>
            {
                rows.ForEach(row => row.Save(connection));
                if (run.StartedAt is null)
                {
                    // Of one that began, this was settled then.
                    OccurrenceStore.Settle(connection, run);
                }

                return true;
            },
            cancellationToken);
    }

    public RunInfo? Find(string id) => database.Read(connection => Find(connection, id));

    /// <summary>Runs, newest first.</summary>
    public Page<RunInfo> List(RunQuery query)
    {
        var limit = Math.Clamp(query.Limit, 1, 500);
        var runs = database.Read(connection => connection.Query(
            RunListing.Sql(query), ReadDocument, ("@script", query.Script), ("@after", query.After), ("@limit", limit + 1)));
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

    /// <summary>Ends what was under way when the host died.</summary>
    /// <param name="error">What the host died of, if that is known.</param>
    /// <param name="judge">Told of the lost runs in the same transaction, to store what follows from them.</param>
    /// <param name="retry">Asked then for the run that takes the place of a lost one, if any does.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The runs that are lost, and those that wait, in their order.</returns>
    public Task<(List<RunInfo> Lost, List<RunInfo> Waiting)> RecoverAsync(
        RunError? error, Action<HistoryConnection, IReadOnlyList<RunInfo>> judge, Func<RunInfo, RunInfo?> retry, CancellationToken cancellationToken) =>
        database.WriteAsync(
            connection =>
            {
                var lost = connection.Query("SELECT document FROM runs WHERE state = 'Running' ORDER BY id", ReadDocument)
                    .ConvertAll(run => run with { State = RunState.Lost, FinishedAt = time.GetUtcNow(), Error = error });
                judge(connection, lost);
                foreach (var run in lost.Concat(lost.Select(retry).OfType<RunInfo>()))
                {
                    Row.Of(run).Save(connection);
                }

                return (lost, connection.Query("SELECT document FROM runs WHERE state = 'Queued' ORDER BY id", ReadDocument));
            },
            cancellationToken);

    private RunInfo? Remember(HistoryConnection connection, RunInfo run, RequestKey key)
    {
        var now = time.GetUtcNow();
        connection.Run("DELETE FROM idempotency_keys WHERE created_at < @limit", ("@limit", (now - KeyLifetime).ToUnixTimeMilliseconds()));
        var known = connection.Query(
            "SELECT run, request FROM idempotency_keys WHERE script = @script AND key = @key",
            reader => (Run: reader.GetString(0), Request: reader.IsDBNull(1) ? null : reader.GetString(1)),
            ("@script", run.Script), ("@key", key.Text));
        if (known is [var (id, request)] && Find(connection, id) is { } earlier)
        {
            return request is null || request == key.RequestHash
                ? earlier
                : throw new ConflictException($"The Idempotency-Key '{key.Text}' was used for run {earlier.Id}, with other parameters, another version or another time, so nothing was started. Use a key once for each request.");
        }

        connection.Run(
            """
            INSERT INTO idempotency_keys (script, key, run, request, created_at) VALUES (@script, @key, @run, @request, @now)
            ON CONFLICT (script, key) DO UPDATE SET run = excluded.run, request = excluded.request, created_at = excluded.created_at
            """,
            ("@script", run.Script), ("@key", key.Text), ("@run", run.Id), ("@request", key.RequestHash), ("@now", now.ToUnixTimeMilliseconds()));
        return null;
    }

    private static RunInfo? Find(HistoryConnection connection, string id) =>
        connection.Query("SELECT document FROM runs WHERE id = @id", ReadDocument, ("@id", id)).SingleOrDefault();

    private static RunInfo ReadDocument(DbDataReader reader) =>
        JsonSerializer.Deserialize(reader.GetString(0), HistoryJson.Default.RunInfo)!;

    /// <summary>A run as it is written. Made outside the transaction, whose one thread has enough to do.</summary>
    private sealed record Row(string Id, string Script, string State, string Trigger, string Document)
    {
        public static Row Of(RunInfo run) =>
            new(run.Id, run.Script, run.State.ToString(), run.Trigger.ToString(), JsonSerializer.Serialize(run, HistoryJson.Default.RunInfo));

        public void Save(HistoryConnection connection) => connection.Run(
            """
            INSERT INTO runs (id, script, state, "trigger", document) VALUES (@id, @script, @state, @trigger, @document)
            ON CONFLICT (id) DO UPDATE SET state = excluded.state, document = excluded.document
            """,
            ("@id", Id), ("@script", Script), ("@state", State), ("@trigger", Trigger), ("@document", Document));
    }
}
