using System.Data.Common;
using System.Globalization;

namespace PluginHost.History;

/// <summary>The ledger of the schedules: one row for each time that was due, and one for several in a row at which nothing ran for one reason.</summary>
internal sealed class OccurrenceStore(HistoryDatabase database)
{
    /// <summary>A run that began so much after its time is late.</summary>
    public static readonly TimeSpan OnTime = TimeSpan.FromSeconds(10);

    /// <summary>Stores what became of times at which nothing ran, and that they are accounted for.</summary>
    /// <param name="occurrence">Null when there were none.</param>
    /// <param name="mark">Up to when the schedule is accounted for.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task AddAsync(OccurrenceInfo? occurrence, ScheduleMark mark, CancellationToken cancellationToken) =>
        database.WriteAsync(
            connection =>
            {
                if (occurrence is not null)
                {
                    AddOrExtend(connection, occurrence);
                }

                return ScheduleStore.Save(connection, mark);
            },
            cancellationToken);

    /// <summary>The latest time of a schedule that has had its turn; null when none has. Not looked for in the journal: what a schedule has there is in the database once it is entered, or its times are left out.</summary>
    public DateTimeOffset? Newest(string script, string key) => database.Read(connection => connection.Query(
        "SELECT due FROM occurrences WHERE script = @script AND key = @key ORDER BY due DESC LIMIT 1", reader => DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(0)),
        ("@script", script), ("@key", key))) is [var due] ? due : null;

    /// <summary>For a transaction that stores that nothing ran.</summary>
    public static void AddOrExtend(HistoryConnection connection, OccurrenceInfo occurrence)
    {
        if (!Extend(connection, occurrence))
        {
            Add(connection, occurrence);
        }
    }

    /// <summary>Occurrences, the latest due first.</summary>
    public Page<OccurrenceInfo> List(OccurrenceQuery query)
    {
        var limit = Math.Clamp(query.Limit, 1, 500);
        var (due, id) = Before(query);
        var rows = database.ReadRuns(connection => connection.Query(
            OccurrenceListing.Sql(query),
            reader => (Id: reader.GetInt64(0), Occurrence: Read(reader)),
            ("@script", query.Script), ("@from", query.From?.ToUnixTimeMilliseconds()), ("@due", due), ("@id", id), ("@limit", limit + 1)));
        return new Page<OccurrenceInfo>(
            [.. rows.Take(limit).Select(row => row.Occurrence)],
            rows.Count > limit ? string.Create(CultureInfo.InvariantCulture, $"{rows[limit - 1].Occurrence.Due.ToUnixTimeMilliseconds()}.{rows[limit - 1].Id}") : null);
    }

    /// <summary>What became of the times of a script from a moment on, those of a quarter of an hour with one outcome together: no zone's day ends within one.</summary>
    public IReadOnlyList<OccurrenceSpan> Spans(string script, DateTimeOffset from) => database.ReadRuns(connection => connection.Query(
        """
        SELECT MIN(due), MAX(until), CAST(SUM(count) AS BIGINT), outcome FROM occurrences INDEXED BY occurrences_by_script
        WHERE script = @script AND due >= @from AND until = due GROUP BY due / 900000, outcome
        UNION ALL
        SELECT due, until, count, outcome FROM occurrences INDEXED BY occurrences_of_several WHERE until > due AND until >= @from AND script = @script
        """,
        reader => new OccurrenceSpan(
            DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(0)), DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(1)),
            reader.GetInt64(2), Enum.Parse<OccurrenceOutcome>(reader.GetString(3))),
        ("@script", script), ("@from", from.ToUnixTimeMilliseconds())));

    /// <summary>For the transaction that stores a run of a schedule.</summary>
    /// <returns>Whether the time had not had its turn yet.</returns>
    public static bool Add(HistoryConnection connection, OccurrenceInfo occurrence) => connection.Run(
        """
        INSERT INTO occurrences (script, key, due, until, count, outcome, late_ms, run, reason)
        VALUES (@script, @key, @due, @until, @count, @outcome, @late, @run, @reason) ON CONFLICT DO NOTHING
        """,
        ("@script", occurrence.Script), ("@key", occurrence.Schedule), ("@due", occurrence.Due.ToUnixTimeMilliseconds()),
        ("@until", occurrence.Until.ToUnixTimeMilliseconds()), ("@count", occurrence.Count), ("@outcome", occurrence.Outcome.ToString()),
        ("@late", occurrence.LateByMs), ("@run", occurrence.RunId), ("@reason", occurrence.Reason)) > 0;

    /// <summary>What has become of an occurrence, by its run as it is now.</summary>
    public static OccurrenceInfo Settle(OccurrenceInfo occurrence, RunInfo run) =>
        Verdict(run) is var (outcome, late, reason) ? occurrence with { Outcome = outcome, LateByMs = late, Reason = reason } : occurrence;

    /// <summary>
    /// For the transaction that stores that a run of a schedule began, or ended before it began. Of runs on every node the
    /// first that begins counts, and the last that does not.
    /// </summary>
    public static void Settle(HistoryConnection connection, RunInfo run)
    {
        if (Verdict(run) is var (outcome, late, reason) && (run.StartedAt is not null || IsLastOfItsFanOut(connection, run)))
        {
            connection.Run(
                "UPDATE occurrences SET outcome = @outcome, late_ms = @late, reason = @reason WHERE run = @run AND outcome = 'Pending'",
                ("@outcome", outcome.ToString()), ("@late", late), ("@reason", reason), ("@run", run.FanOut ?? run.Id));
        }
    }

    /// <summary>A time at which a script ran on one node of several has not been missed.</summary>
    private static bool IsLastOfItsFanOut(HistoryConnection connection, RunInfo run)
    {
        if (run.FanOut is null)
        {
            return true;
        }

        // Touched, so that of two that end at once one sees the other.
        connection.Run("UPDATE occurrences SET run = run WHERE run = @run AND outcome = 'Pending'", ("@run", run.FanOut));
        return connection.Query(
            "SELECT 1 FROM runs WHERE fan_out = @fanOut AND id <> @id AND state IN ('Queued', 'Running') LIMIT 1", reader => reader.GetInt32(0), ("@fanOut", run.FanOut), ("@id", run.Id)).Count == 0;
    }

    /// <summary>Null when the run is for no occurrence, or has yet to begin.</summary>
    private static (OccurrenceOutcome Outcome, long? LateByMs, string? Reason)? Verdict(RunInfo run)
    {
        if (run.ScheduledFor is not { } due || run.State == RunState.Queued)
        {
            return null;
        }

        if (run.StartedAt is not { } startedAt)
        {
            return (OccurrenceOutcome.Missed, null, run.State == RunState.Cancelled ? "its run was cancelled before it began" : "its run could not begin");
        }

        var outcome = run.Trigger == RunTrigger.CatchUp ? OccurrenceOutcome.CaughtUp : startedAt - due > OnTime ? OccurrenceOutcome.Late : OccurrenceOutcome.Ran;
        return (outcome, (long)(startedAt - due).TotalMilliseconds, null);
    }

    /// <summary>One more of what the last row of the schedule stands for needs no row of its own.</summary>
    private static bool Extend(HistoryConnection connection, OccurrenceInfo occurrence) => connection.Run(
        """
        UPDATE occurrences SET until = @until, count = count + @count
        WHERE script = @script AND key = @key AND due = (SELECT MAX(due) FROM occurrences WHERE script = @script AND key = @key)
          AND outcome = @outcome AND reason = @reason AND run IS NULL AND until < @due
        """,
        ("@until", occurrence.Until.ToUnixTimeMilliseconds()), ("@count", occurrence.Count), ("@script", occurrence.Script), ("@key", occurrence.Schedule),
        ("@outcome", occurrence.Outcome.ToString()), ("@reason", occurrence.Reason), ("@due", occurrence.Due.ToUnixTimeMilliseconds())) > 0;

    /// <summary>What comes before both the end that is asked for and the cursor.</summary>
    private static (long Due, long Id) Before(OccurrenceQuery query)
    {
        var end = (Due: query.To?.ToUnixTimeMilliseconds() ?? long.MaxValue, Id: long.MinValue);
        var cursor = Cursor(query.After);
        return end.CompareTo(cursor) < 0 ? end : cursor;
    }

    private static (long Due, long Id) Cursor(string? after) =>
        after?.Split('.') is [var due, var id] && long.TryParse(due, CultureInfo.InvariantCulture, out var ms) && long.TryParse(id, CultureInfo.InvariantCulture, out var number)
            ? (ms, number)
            : (long.MaxValue, long.MaxValue);

    private static OccurrenceInfo Read(DbDataReader reader) => new()
    {
        Script = reader.GetString(1),
        Schedule = reader.GetString(2),
        Due = DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(3)),
        Until = DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(4)),
        Count = reader.GetInt64(5),
        Outcome = Enum.Parse<OccurrenceOutcome>(reader.GetString(6)),
        LateByMs = reader.IsDBNull(7) ? null : reader.GetInt64(7),
        RunId = reader.IsDBNull(8) ? null : reader.GetString(8),
        Reason = reader.IsDBNull(9) ? null : reader.GetString(9),
    };
}

/// <summary>Times of a script with one outcome.</summary>
/// <param name="First">The first of them.</param>
/// <param name="Last">The last of them.</param>
/// <param name="Count">How many they are.</param>
/// <param name="Outcome">What became of each.</param>
internal sealed record OccurrenceSpan(DateTimeOffset First, DateTimeOffset Last, long Count, OccurrenceOutcome Outcome);
