namespace PluginHost.History;

/// <summary>Deletes what is no longer kept of the runs and the ledger, a little at a time: the writer is never held up for long.</summary>
internal sealed class HistorySweep(HistoryDatabase database)
{
    private const int AtOnce = 500;

    /// <summary>Deletes runs that have ended, and occurrences that are settled.</summary>
    /// <param name="before">Those of before this time go; null keeps any.</param>
    /// <param name="runsOfAScript">Of each script the newest so many runs stay; null keeps any number.</param>
    /// <param name="cancellationToken">Ends it between two portions.</param>
    public async Task SweepAsync(DateTimeOffset? before, int? runsOfAScript, CancellationToken cancellationToken)
    {
        if (before is { } limit)
        {
            // The ids are UUIDs of version 7: they begin with their time, and sort by it.
            var firstKept = Guid.CreateVersion7(limit).ToString("n")[..12];
            await RepeatAsync(connection => Delete(connection, "id < @limit", ("@limit", firstKept)), cancellationToken);
            await RepeatAsync(
                connection => connection.Run(
                    $"DELETE FROM occurrences WHERE id IN (SELECT id FROM occurrences WHERE due < @limit AND until < @limit AND outcome <> 'Pending' ORDER BY due LIMIT {AtOnce})",
                    ("@limit", limit.ToUnixTimeMilliseconds())),
                cancellationToken);
        }

        foreach (var script in runsOfAScript is null ? [] : database.ReadRuns(connection => connection.Query($"{RunListing.Scripts} SELECT script FROM scripts WHERE script IS NOT NULL", reader => reader.GetString(0))))
        {
            var oldestKept = database.ReadRuns(connection => connection.Query(
                "SELECT id FROM runs WHERE script = @script ORDER BY id DESC LIMIT 1 OFFSET @count", reader => reader.GetString(0), ("@script", script), ("@count", runsOfAScript)));
            if (oldestKept is [var id])
            {
                await RepeatAsync(connection => Delete(connection, "script = @script AND id <= @id", ("@script", script), ("@id", id)), cancellationToken);
            }
        }
    }

    /// <summary>Deletes what was written of who did what.</summary>
    /// <param name="before">What is of before this time goes.</param>
    /// <param name="cancellationToken">Ends it between two portions.</param>
    public Task SweepAuditAsync(DateTimeOffset before, CancellationToken cancellationToken) => RepeatAsync(
        connection => connection.Run(
            $"DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE at < @limit ORDER BY at LIMIT {AtOnce})", ("@limit", before.ToUnixTimeMilliseconds())),
        cancellationToken);

    private static int Delete(HistoryConnection connection, string which, params (string, object?)[] parameters) => connection.Run(
        $"DELETE FROM runs WHERE id IN (SELECT id FROM runs WHERE {which} AND state NOT IN ('Queued', 'Running') ORDER BY id LIMIT {AtOnce})", parameters);

    private async Task RepeatAsync(Func<HistoryConnection, int> delete, CancellationToken cancellationToken)
    {
        while (await database.WriteAsync(delete, cancellationToken) == AtOnce)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
    }
}
