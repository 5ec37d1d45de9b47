using System.Text.Json;
using PluginHost.Swapping;

namespace PluginHost.History;

/// <summary>A plugin that is to be live again after a restart.</summary>
internal sealed record LivePluginRow(string PluginId, string Source, string ContentKey, string Commit, DateTimeOffset Since)
{
    public static LivePluginRow Of(LivePlugin plugin) =>
        new(plugin.Id, plugin.Source, plugin.Version.Artifact.ContentKey, plugin.Version.Commit, plugin.Since);
}

/// <summary>Which version of each plugin is live.</summary>
internal sealed class LivePluginStore(HistoryDatabase database)
{
    public IReadOnlyList<LivePluginRow> GetAll() => database.Read(connection => connection.Query(
        "SELECT document FROM live_plugins ORDER BY plugin",
        reader => JsonSerializer.Deserialize(reader.GetString(0), HistoryJson.Default.LivePluginRow)!));

    /// <summary>Stores a swap, all of it or nothing.</summary>
    public Task SaveAsync(IReadOnlyList<LivePluginRow> live, IReadOnlyList<string> removed, CancellationToken cancellationToken) =>
        database.WriteAsync(
            connection =>
            {
                foreach (var id in removed)
                {
                    connection.Run("DELETE FROM live_plugins WHERE plugin = $plugin", ("$plugin", id));
                }

                foreach (var row in live)
                {
                    connection.Run(
                        "INSERT OR REPLACE INTO live_plugins (plugin, document) VALUES ($plugin, $document)",
                        ("$plugin", row.PluginId), ("$document", JsonSerializer.Serialize(row, HistoryJson.Default.LivePluginRow)));
                }

                return true;
            },
            cancellationToken);
}
