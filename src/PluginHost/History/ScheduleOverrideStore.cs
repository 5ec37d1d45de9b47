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

    public ScheduleOverrideStore(HistoryDatabase database)
    {
        _database = database;
        foreach (var stored in database.Read(connection => connection.Query(
            "SELECT document FROM schedule_overrides ORDER BY script, id",
            reader => JsonSerializer.Deserialize(reader.GetString(0), HistoryJson.Default.ScheduleOverride)!)))
        {
            Remember(stored.Script, stored.Id, stored);
        }
    }

    /// <summary>What is set for the schedules of a script, by their ids.</summary>
    public ImmutableList<ScheduleOverride> Of(string script) => _scripts.GetValueOrDefault(script, []);

    public async Task SetAsync(ScheduleOverride wanted, CancellationToken cancellationToken)
    {
        await _database.WriteAsync(
            connection => connection.Run(
                "INSERT OR REPLACE INTO schedule_overrides (script, id, document) VALUES ($script, $id, $document)",
                ("$script", wanted.Script), ("$id", wanted.Id), ("$document", JsonSerializer.Serialize(wanted, HistoryJson.Default.ScheduleOverride))),
            cancellationToken);
        Remember(wanted.Script, wanted.Id, wanted);
    }

    /// <returns>Whether there was one.</returns>
    public async Task<bool> RemoveAsync(string script, string id, CancellationToken cancellationToken)
    {
        var removed = await _database.WriteAsync(
            connection => connection.Run("DELETE FROM schedule_overrides WHERE script = $script AND id = $id", ("$script", script), ("$id", id)),
            cancellationToken);
        Remember(script, id, null);
        return removed > 0;
    }

    private void Remember(string script, string id, ScheduleOverride? wanted) => _scripts.AddOrUpdate(
        script,
        _ => wanted is null ? [] : [wanted],
        (_, known) => [.. known.Where(other => !other.Id.Equals(id, StringComparison.OrdinalIgnoreCase)).Concat(wanted is null ? [] : [wanted]).OrderBy(other => other.Id, StringComparer.OrdinalIgnoreCase)]);
}
