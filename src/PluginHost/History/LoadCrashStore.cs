namespace PluginHost.History;

/// <summary>A build that was being loaded when the host died.</summary>
/// <param name="Plugin">The plugin.</param>
/// <param name="ContentKey">Of the build.</param>
/// <param name="Crashes">How many times in a row.</param>
/// <param name="Alone">Whether nothing else was under way that could have ended the host, the last time.</param>
/// <param name="At">When the host came up again, the last time.</param>
/// <param name="Cause">What the host died of, the last time; null when nobody has seen that.</param>
internal sealed record LoadCrash(string Plugin, string ContentKey, int Crashes, bool Alone, DateTimeOffset At, string? Cause);

/// <summary>Which builds the host has died of, as far as is known, when it loaded them.</summary>
internal sealed class LoadCrashStore(HistoryDatabase database)
{
    public IReadOnlyList<LoadCrash> GetAll() => database.Read(connection => connection.Query(
        "SELECT plugin, content_key, crashes, alone, at, cause FROM load_crashes",
        reader => new LoadCrash(
            reader.GetString(0), reader.GetString(1), (int)reader.GetInt64(2), reader.GetInt64(3) != 0, DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(4)), reader.IsDBNull(5) ? null : reader.GetString(5))));

    /// <summary>The plugins of which runs are stored as under way.</summary>
    public IReadOnlyList<string> PluginsUnderWay() => database.Read(connection => connection.Query(
        "SELECT DISTINCT json_extract(document, '$.plugin') FROM runs WHERE state = 'Running'", reader => reader.GetString(0)));

    public Task SaveAsync(IReadOnlyList<LoadCrash> crashes, CancellationToken cancellationToken) => database.WriteAsync(
        connection => crashes.Sum(crash => connection.Run(
            """
            INSERT INTO load_crashes (plugin, content_key, crashes, alone, at, cause) VALUES (@plugin, @key, @crashes, @alone, @at, @cause)
            ON CONFLICT (plugin, content_key) DO UPDATE SET crashes = excluded.crashes, alone = excluded.alone, at = excluded.at, cause = excluded.cause
            """,
            ("@plugin", crash.Plugin), ("@key", crash.ContentKey), ("@crashes", crash.Crashes), ("@alone", crash.Alone ? 1 : 0), ("@at", crash.At.ToUnixTimeMilliseconds()), ("@cause", crash.Cause))),
        cancellationToken);

    public Task RemoveAsync(string plugin, string contentKey, CancellationToken cancellationToken) => database.WriteAsync(
        connection => connection.Run("DELETE FROM load_crashes WHERE plugin = @plugin AND content_key = @key", ("@plugin", plugin), ("@key", contentKey)),
        cancellationToken);
}
