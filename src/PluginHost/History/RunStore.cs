using System.Data.Common;
using System.Text.Json;
using PluginHost.History.Journal;

namespace PluginHost.History;

/// <summary>What tells a request from others.</summary>
/// <param name="Text">The key that came with it.</param>
/// <param name="RequestHash">What the request asks for, as a hash.</param>
internal sealed record RequestKey(string Text, string RequestHash);

/// <summary>The runs.</summary>
internal sealed class RunStore(HistoryDatabase database, IRunPlacement placement, TimeProvider time)
{
    private const int LongestJournaled = 64 * 1024;

    private static readonly TimeSpan KeyLifetime = TimeSpan.FromHours(24);

    /// <summary>Stores a new run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="key">What tells its request from others, or null.</param>
    /// <param name="cancellationToken">Gives up, as long as it has not begun.</param>
    /// <returns>The run, on the node that has it; of those on every node, the first; when the key was used for the script before, the run from then.</returns>
    /// <exception cref="ConflictException">The key was used for another request.</exception>
    public async Task<RunInfo> AddAsync(RunInfo run, RequestKey? key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (key is null && placement.RefuseHere(run.NodeLabel) is null && await TryJournalAsync(JournaledRun.New(run, null)))
        {
            return run;
        }

        var row = RunRow.Of(run);
        return await database.WriteAsync(
            connection =>
            {
                if (key is not null && Remember(connection, run, key) is { } earlier)
                {
                    return earlier;
                }

                var placed = placement.Place(connection, run);
                foreach (var each in placed)
                {
                    (each == run ? row : RunRow.Of(each)).Save(connection);
                }

                return placed[0];
            },
            cancellationToken);
    }

    /// <summary>For a transaction that stores more than a new run.</summary>
    public static void Add(HistoryConnection connection, RunInfo run) => RunRow.Of(run).Save(connection);

    /// <summary>Stores a new run of a schedule, what it is for, and that its time is accounted for: all or nothing.</summary>
    /// <param name="run">The run.</param>
    /// <param name="occurrence">What it is for.</param>
    /// <param name="mark">Up to when its schedule is accounted for.</param>
    /// <param name="isNewest">Whether no time of the schedule as late as this one has had its turn: else the database has to say so.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The run; null when the time had its turn before, so that there is none.</returns>
    public async Task<RunInfo?> AddScheduledAsync(RunInfo run, OccurrenceInfo occurrence, ScheduleMark mark, bool isNewest, CancellationToken cancellationToken)
    {
        if (isNewest && await TryJournalAsync(JournaledRun.New(run, mark)))
        {
            return run;
        }

        var row = RunRow.Of(run);
        return await database.WriteAsync<RunInfo?>(
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
    /// <returns>Whether it is still this node's: another may have ended it, or taken it over.</returns>
    public async Task<bool> SaveAsync(RunInfo run, CancellationToken cancellationToken)
    {
        var journaled = JournaledRun.Of(run);
        if (await TryJournalAsync(journaled))
        {
            return true;
        }

        var row = journaled.Row;
        return await database.WriteAsync(
            connection =>
            {
                if (!row.Save(connection))
                {
                    return false;
                }

                OccurrenceStore.Settle(connection, run);
                return true;
            },
            cancellationToken);
    }

    /// <summary>Stores that a run has ended, and the runs that follow it: a crash loses neither without the other.</summary>
    /// <returns>The runs that follow, on their nodes; null when the run was no longer this node's, and nothing was stored.</returns>
    public async Task<IReadOnlyList<RunInfo>?> EndAsync(RunInfo run, IReadOnlyList<RunInfo> following, CancellationToken cancellationToken)
    {
        var journaled = JournaledRun.Of(run);
        if (following.Count == 0 && await TryJournalAsync(journaled))
        {
            return [];
        }

        var row = journaled.Row;
        return await database.WriteAsync<IReadOnlyList<RunInfo>?>(connection => row.Save(connection) ? End(connection, run, following) : null, cancellationToken);
    }

    /// <summary>A run that nobody else can have taken over, and that is not too long for it, need not wait for the database.</summary>
    private Task<bool> TryJournalAsync(JournaledRun run) =>
        placement.IsAlone && run.Row.Json.Length <= LongestJournaled ? database.TryJournalAsync(run) : Task.FromResult(false);

    private List<RunInfo> End(HistoryConnection connection, RunInfo run, IReadOnlyList<RunInfo> following)
    {
        if (run.StartedAt is null)
        {
            // Of one that began, this was settled then.
            OccurrenceStore.Settle(connection, run);
        }

        placement.Ended(connection, run);
        List<RunInfo> placed = [.. following.SelectMany(next => placement.Place(connection, next))];
        placed.ForEach(next => RunRow.Of(next).Save(connection));
        return placed;
    }

    public RunInfo? Find(string id) => database.FindOnItsWay(id) ?? database.Read(connection => Find(connection, id));

    /// <summary>Runs, newest first.</summary>
    public Page<RunInfo> List(RunQuery query)
    {
        var limit = Math.Clamp(query.Limit, 1, 500);
        var runs = database.ReadRuns(connection => connection.Query(
            RunListing.Sql(query), ReadDocument, ("@script", query.Script), ("@fanOut", query.FanOut), ("@after", query.After), ("@limit", limit + 1)));
        return new Page<RunInfo>([.. runs.Take(limit).Select(Newest)], runs.Count > limit ? runs[limit - 1].Id : null);
    }

    /// <returns>Whether lists have all that was stored until now; not when the database takes nothing.</returns>
    public bool CatchUp() => database.CatchUp();

    // As it is, also when the database has been too slow to know.
    private RunInfo Newest(RunInfo stored) => database.FindOnItsWay(stored.Id) ?? stored;

    /// <summary>The newest run of a script, or null.</summary>
    /// <param name="script">The script.</param>
    /// <param name="known">As below.</param>
    public RunInfo? Last(string script, IReadOnlyDictionary<string, RunInfo> known) => database.ReadRuns(connection =>
        connection.Query("SELECT id FROM runs WHERE script = @script ORDER BY id DESC LIMIT 1", reader => reader.GetString(0), ("@script", script)) is [var id]
            ? known.GetValueOrDefault(id) ?? Find(connection, id)
            : null);

    /// <summary>The newest run of each script.</summary>
    /// <param name="known">Runs by their ids that have ended, and so are as they are stored: they are not read again.</param>
    public IReadOnlyList<RunInfo> Last(IReadOnlyDictionary<string, RunInfo> known) => database.ReadRuns(connection =>
        (List<RunInfo>)[.. connection.Query(
                $"""
                {RunListing.Scripts}
                SELECT (SELECT id FROM runs WHERE runs.script = scripts.script ORDER BY id DESC LIMIT 1) FROM scripts WHERE script IS NOT NULL
                """,
                reader => reader.GetString(0))
            .Select(id => known.GetValueOrDefault(id) ?? Find(connection, id))
            .OfType<RunInfo>()]);

    /// <summary>Ends what was under way when the host died.</summary>
    /// <param name="error">What the host died of, if that is known.</param>
    /// <param name="judge">Told of the lost runs in the same transaction, to store what follows from them.</param>
    /// <param name="retry">Asked then for the run that takes the place of a lost one, if any does.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The runs that are lost, and those that wait, in their order.</returns>
    public Task<(List<RunInfo> Lost, List<RunInfo> Waiting)> RecoverAsync(
        RunError? error, Action<HistoryConnection, IReadOnlyList<RunInfo>> judge, Func<RunInfo, RunInfo?> retry, CancellationToken cancellationToken) =>
        database.WriteAsync(
            connection => (Lose(connection, placement.IsHere, error, judge, retry, time.GetUtcNow()), Waiting(connection).FindAll(placement.IsHere)), cancellationToken);

    /// <summary>For a transaction that ends what was under way on a node that died.</summary>
    /// <param name="connection">The transaction's.</param>
    /// <param name="wasThere">Whether a run was on that node.</param>
    /// <param name="error">What it died of, if that is known.</param>
    /// <param name="judge">Told of the lost runs, to store what follows from them.</param>
    /// <param name="retry">Asked then for the run that takes the place of a lost one, if any does.</param>
    /// <param name="now">The time.</param>
    /// <returns>The runs that are lost.</returns>
    public static List<RunInfo> Lose(
        HistoryConnection connection, Predicate<RunInfo> wasThere, RunError? error, Action<HistoryConnection, IReadOnlyList<RunInfo>> judge, Func<RunInfo, RunInfo?> retry, DateTimeOffset now)
    {
        var lost = connection.Query("SELECT document FROM runs WHERE state = 'Running' ORDER BY id", ReadDocument).FindAll(wasThere)
            .ConvertAll(run => run with { State = RunState.Lost, FinishedAt = now, Error = error });
        judge(connection, lost);
        foreach (var run in lost.Concat(lost.Select(retry).OfType<RunInfo>()))
        {
            RunRow.Of(run).Save(connection);
        }

        return lost;
    }

    /// <summary>The runs that wait, of all nodes.</summary>
    public static List<RunInfo> Waiting(HistoryConnection connection) =>
        connection.Query("SELECT document FROM runs WHERE state = 'Queued' ORDER BY id", ReadDocument);

    /// <summary>The runs of a script that have not ended, of all nodes, for a transaction that goes by them.</summary>
    public static List<RunInfo> Unfinished(HistoryConnection connection, string script) =>
        connection.Query("SELECT document FROM runs WHERE state IN ('Queued', 'Running') AND script = @script ORDER BY id", ReadDocument, ("@script", script));

    /// <summary>For a transaction that ends a run which waits for a node, or on one that is gone.</summary>
    /// <returns>Whether it still did.</returns>
    public static bool EndWaiting(HistoryConnection connection, RunInfo ended)
    {
        if (!RunRow.Of(ended).Save(connection))
        {
            return false;
        }

        OccurrenceStore.Settle(connection, ended);
        return true;
    }

    /// <summary>For a transaction that gives a run that waits to another node.</summary>
    public static RunInfo Move(HistoryConnection connection, RunInfo run, string node)
    {
        var moved = run with { Node = node };
        connection.Run("UPDATE runs SET document = @document WHERE id = @id AND state = 'Queued'", ("@document", RunRow.Of(moved).Document), ("@id", run.Id));
        return moved;
    }

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

    public static RunInfo? Find(HistoryConnection connection, string id) =>
        connection.Query("SELECT document FROM runs WHERE id = @id", ReadDocument, ("@id", id)).SingleOrDefault();

    /// <summary>Those of some runs that have ended.</summary>
    /// <param name="connection">To a database that has lists.</param>
    /// <param name="ids">The runs.</param>
    public static List<RunInfo> Ended(HistoryConnection connection, string[] ids) =>
        connection.Query("SELECT document FROM runs WHERE id = ANY (@ids) AND state NOT IN ('Queued', 'Running')", ReadDocument, ("@ids", ids));

    private static RunInfo ReadDocument(DbDataReader reader) =>
        JsonSerializer.Deserialize(reader.GetString(0), HistoryJson.Default.RunInfo)!;
}
