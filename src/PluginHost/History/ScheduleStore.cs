namespace PluginHost.History;

/// <summary>Up to which moment the times of each schedule are accounted for.</summary>
internal sealed class ScheduleStore(HistoryDatabase database)
{
    public Dictionary<(string Script, string Key), DateTimeOffset> GetAll() =>
        database.Read(connection => connection.Query(
                "SELECT script, key, accounted_until FROM schedules",
                reader => (Script: reader.GetString(0), Key: reader.GetString(1), Until: DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(2)))))
            .ToDictionary(row => (row.Script, row.Key), row => row.Until);

    public Task SetAsync(string script, string key, DateTimeOffset until, CancellationToken cancellationToken) =>
        database.WriteAsync(
            connection => connection.Run(
                "INSERT OR REPLACE INTO schedules (script, key, accounted_until) VALUES ($script, $key, $until)",
                ("$script", script), ("$key", key), ("$until", until.ToUnixTimeMilliseconds())),
            cancellationToken);

    public Task RemoveAsync(string script, string key, CancellationToken cancellationToken) =>
        database.WriteAsync(
            connection => connection.Run("DELETE FROM schedules WHERE script = $script AND key = $key", ("$script", script), ("$key", key)),
            cancellationToken);
}
