using System.Collections.Concurrent;

namespace PluginHost.History;

/// <summary>The version that an operator holds a plugin at.</summary>
/// <param name="Plugin">The plugin's id.</param>
/// <param name="ContentKey">Of the build.</param>
/// <param name="Version">The build's id, for people.</param>
/// <param name="By">Who pinned it, or null when nobody was signed in.</param>
/// <param name="At">When.</param>
internal sealed record Pin(string Plugin, string ContentKey, string Version, string? By, DateTimeOffset At);

/// <summary>Which plugins are pinned.</summary>
internal sealed class PinStore
{
    private readonly HistoryDatabase _database;
    private readonly ConcurrentDictionary<string, Pin> _pins = new(StringComparer.OrdinalIgnoreCase);

    public PinStore(HistoryDatabase database)
    {
        _database = database;
        foreach (var pin in database.Read(connection => connection.Query(
            "SELECT plugin, content_key, version, set_by, set_at FROM pins",
            reader => new Pin(
                reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.IsDBNull(3) ? null : reader.GetString(3), DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(4))))))
        {
            _pins[pin.Plugin] = pin;
        }
    }

    public IReadOnlyCollection<Pin> All => [.. _pins.Values];

    public Pin? Find(string pluginId) => _pins.GetValueOrDefault(pluginId);

    public async Task SetAsync(Pin pin, CancellationToken cancellationToken)
    {
        await _database.WriteAsync(
            connection => connection.Run(
                """
                INSERT INTO pins (plugin, content_key, version, set_by, set_at) VALUES (@plugin, @key, @version, @by, @at)
                ON CONFLICT (plugin) DO UPDATE SET content_key = excluded.content_key, version = excluded.version, set_by = excluded.set_by, set_at = excluded.set_at
                """,
                ("@plugin", pin.Plugin), ("@key", pin.ContentKey), ("@version", pin.Version), ("@by", pin.By), ("@at", pin.At.ToUnixTimeMilliseconds())),
            cancellationToken);
        _pins[pin.Plugin] = pin;
    }

    /// <returns>Whether it was pinned.</returns>
    public async Task<bool> RemoveAsync(string pluginId, CancellationToken cancellationToken)
    {
        await _database.WriteAsync(connection => connection.Run("DELETE FROM pins WHERE plugin = @plugin", ("@plugin", pluginId)), cancellationToken);
        return _pins.TryRemove(pluginId, out _);
    }
}
