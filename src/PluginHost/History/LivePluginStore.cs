using System.Data.Common;
using System.Text.Json;
using PluginHost.Swapping;

namespace PluginHost.History;

/// <summary>A plugin that is to be live again after a restart.</summary>
internal sealed record LivePluginRow(string PluginId, string Source, string ContentKey, string Commit, DateTimeOffset Since)
{
    private const int Remembered = 20;

    /// <summary>The content keys of the versions that were live before, the latest first.</summary>
    public IReadOnlyList<string> Before { get; init; } = [];

    public static LivePluginRow Of(LivePlugin plugin) =>
        new(plugin.Id, plugin.Source, plugin.Version.Artifact.ContentKey, plugin.Version.Commit, plugin.Since);

    /// <summary>Going back to a version takes back what came after it; anything else comes after what was live.</summary>
    public LivePluginRow After(LivePluginRow? replaced)
    {
        if (replaced is null)
        {
            return this;
        }

        var known = replaced.Before.ToList().IndexOf(ContentKey);
        return this with
        {
            Before = known >= 0 ? [.. replaced.Before.Skip(known + 1)]
                : [.. replaced.Before.Prepend(replaced.ContentKey).Where(key => key != ContentKey).Take(Remembered)],
        };
    }
}

/// <summary>Which version of each plugin is live.</summary>
internal sealed class LivePluginStore(HistoryDatabase database)
{
    public IReadOnlyList<LivePluginRow> GetAll() => database.Read(connection => connection.Query(
        "SELECT document FROM live_plugins ORDER BY plugin", Read));

    public LivePluginRow? Find(string pluginId) => database.Read(connection => Find(connection, pluginId));

    /// <summary>Stores a swap, all of it or nothing.</summary>
    public Task SaveAsync(IReadOnlyList<LivePluginRow> live, IReadOnlyList<string> removed, CancellationToken cancellationToken) =>
        database.WriteAsync(
            connection =>
            {
                foreach (var id in removed)
                {
                    connection.Run("DELETE FROM live_plugins WHERE plugin = @plugin", ("@plugin", id));
                }

                foreach (var row in live)
                {
                    connection.Run(
                        "INSERT INTO live_plugins (plugin, document) VALUES (@plugin, @document) ON CONFLICT (plugin) DO UPDATE SET document = excluded.document",
                        ("@plugin", row.PluginId), ("@document", JsonSerializer.Serialize(row.After(Find(connection, row.PluginId)), HistoryJson.Default.LivePluginRow)));
                }

                return true;
            },
            cancellationToken);

    private static LivePluginRow? Find(HistoryConnection connection, string pluginId) =>
        connection.Query("SELECT document FROM live_plugins WHERE plugin = @plugin", Read, ("@plugin", pluginId)).SingleOrDefault();

    private static LivePluginRow Read(DbDataReader reader) =>
        JsonSerializer.Deserialize(reader.GetString(0), HistoryJson.Default.LivePluginRow)!;
}
