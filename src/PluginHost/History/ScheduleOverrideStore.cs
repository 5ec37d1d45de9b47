using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;

namespace PluginHost.History;

/// <summary>What an operator has set for a schedule of a script.</summary>
/// <param name="Script">The script.</param>
/// <param name="Id">The schedule within the script.</param>
/// <param name="Code">What the code said of the schedule then; null when the operator added it.</param>
/// <param name="Request">What is wanted, and who wants it.</param>
/// <param name="SetAt">When it was set.</param>
internal sealed record ScheduleOverride(string Script, string Id, CodeSchedule? Code, ScheduleRequest Request, DateTimeOffset SetAt);

/// <summary>What operators have set for schedules. It is kept whatever is deployed, until they take it back.</summary>
internal sealed class ScheduleOverrideStore
{
    private readonly HistoryDatabase _database;
    private readonly ConcurrentDictionary<string, ImmutableList<ScheduleOverride>> _scripts = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _changedAt = new(StringComparer.OrdinalIgnoreCase);

    // What is known here is what is stored: of two changes, the later one last in both.
    private readonly SemaphoreSlim _oneAtATime = new(1);

    public ScheduleOverrideStore(HistoryDatabase database)
    {
        _database = database;
        foreach (var stored in database.Read(connection => connection.Query(
            "SELECT document FROM schedule_overrides ORDER BY script, id",
            reader => JsonSerializer.Deserialize(reader.GetString(0), HistoryJson.Default.ScheduleOverride)!)))
        {
            Remember(stored.Script, stored.Id, stored, stored.SetAt);
        }
    }

    /// <summary>What is set for the schedules of a script, by their ids.</summary>
    public ImmutableList<ScheduleOverride> Of(string script) => _scripts.GetValueOrDefault(script, []);

    /// <summary>When something was last set or taken back for a script; null when nothing is known of that.</summary>
    public DateTimeOffset? ChangedAt(string script) => _changedAt.TryGetValue(script, out var at) ? at : null;

    public Task SetAsync(ScheduleOverride wanted, CancellationToken cancellationToken) => OneAtATimeAsync(async () =>
    {
        await _database.WriteAsync(
            connection => connection.Run(
                "INSERT INTO schedule_overrides (script, id, document) VALUES (@script, @id, @document) ON CONFLICT (script, id) DO UPDATE SET document = excluded.document",
                ("@script", wanted.Script), ("@id", wanted.Id), ("@document", JsonSerializer.Serialize(wanted, HistoryJson.Default.ScheduleOverride))),
            cancellationToken);
        Remember(wanted.Script, wanted.Id, wanted, wanted.SetAt);
        return true;
    }, cancellationToken);

    /// <returns>Whether there was one.</returns>
    public Task<bool> RemoveAsync(string script, string id, DateTimeOffset at, CancellationToken cancellationToken) => OneAtATimeAsync(async () =>
    {
        var removed = await _database.WriteAsync(
            connection => connection.Run("DELETE FROM schedule_overrides WHERE script = @script AND id = @id", ("@script", script), ("@id", id)),
            cancellationToken);
        Remember(script, id, null, at);
        return removed > 0;
    }, cancellationToken);

    private async Task<bool> OneAtATimeAsync(Func<Task<bool>> change, CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            return await change();
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    private void Remember(string script, string id, ScheduleOverride? wanted, DateTimeOffset at)
    {
        _changedAt[script] = at;
        _scripts.AddOrUpdate(
            script,
            _ => wanted is null ? [] : [wanted],
            (_, known) => [.. known.Where(other => !other.Id.Equals(id, StringComparison.OrdinalIgnoreCase)).Concat(wanted is null ? [] : [wanted]).OrderBy(other => other.Id, StringComparer.OrdinalIgnoreCase)]);
    }
}
