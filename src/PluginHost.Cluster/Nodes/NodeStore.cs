using System.Data.Common;
using System.Text.Json;
using PluginHost.History;

namespace PluginHost.Cluster.Nodes;

/// <summary>The nodes, by the database's clock.</summary>
internal sealed class NodeStore(HistoryDatabase database)
{
    private const string Now = "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)";
    private const string Begun = "CAST(extract(epoch FROM transaction_timestamp()) * 1000 AS bigint)";

    public IReadOnlyList<NodeRecord> List() => database.Read(List);

    /// <summary>For a transaction that goes by which nodes there are, as they were when it began: by then they have been silent for as long as it sees, however long it takes.</summary>
    public static List<NodeRecord> List(HistoryConnection connection) => connection.Query(
        $"SELECT id, is_up, started_at, last_check_in, {Begun} - last_check_in, document, draining FROM nodes ORDER BY id", Read);

    /// <summary>From now on the node is up; what another start of it says counts no more.</summary>
    public static void Register(HistoryConnection connection, string id, string incarnation, NodeReport report) => connection.Run(
        $"""
        INSERT INTO nodes (id, incarnation, is_up, started_at, last_check_in, document) VALUES (@id, @incarnation, TRUE, {Now}, {Now}, @document)
        ON CONFLICT (id) DO UPDATE SET incarnation = excluded.incarnation, is_up = TRUE, started_at = excluded.started_at, last_check_in = excluded.last_check_in, document = excluded.document
        """,
        ("@id", id), ("@incarnation", incarnation), ("@document", Write(report)));

    /// <returns>The database's time; null when another has taken it for dead, or it was started a second time.</returns>
    public static DateTimeOffset? CheckIn(HistoryConnection connection, string id, string incarnation, NodeReport report) => connection.Query(
        $"UPDATE nodes SET last_check_in = {Now}, document = @document WHERE id = @id AND incarnation = @incarnation AND is_up RETURNING last_check_in",
        reader => (DateTimeOffset?)DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(0)),
        ("@id", id), ("@incarnation", incarnation), ("@document", Write(report))).SingleOrDefault();

    /// <summary>Takes a node for dead, if it has not been heard of for so long.</summary>
    /// <returns>Whether it was up until now.</returns>
    public static bool Bury(HistoryConnection connection, string id, TimeSpan silence) => connection.Run(
        $"UPDATE nodes SET is_up = FALSE WHERE id = @id AND is_up AND last_check_in < {Begun} - @silence", ("@id", id), ("@silence", (long)silence.TotalMilliseconds)) > 0;

    /// <summary>The node takes no new runs from now on, or does again; also after it was started anew.</summary>
    /// <returns>Whether there is such a node.</returns>
    public Task<bool> SetDrainingAsync(string id, bool isDraining, CancellationToken cancellationToken) => database.WriteAsync(
        connection => connection.Run("UPDATE nodes SET draining = @draining WHERE id = @id", ("@draining", isDraining), ("@id", id)) > 0, cancellationToken);

    /// <summary>Whether an operator keeps the node from new runs, as of this very transaction.</summary>
    public static bool IsDraining(HistoryConnection connection, string id) =>
        connection.Query("SELECT draining FROM nodes WHERE id = @id", reader => reader.GetBoolean(0), ("@id", id)).SingleOrDefault();

    /// <summary>The runs that are a node's and have not ended, as they are stored: also what it has yet to hear of.</summary>
    public (int Running, int Queued) CountRuns(string id) => database.Read(connection =>
    {
        var counts = connection.Query(
            "SELECT state, CAST(count(*) AS integer) FROM runs WHERE state IN ('Queued', 'Running') AND lower(json_extract(document, '$.node')) = lower(@id) GROUP BY state",
            reader => (State: reader.GetString(0), Count: reader.GetInt32(1)), ("@id", id)).ToDictionary(one => one.State, one => one.Count);
        return (counts.GetValueOrDefault("Running"), counts.GetValueOrDefault("Queued"));
    });

    /// <summary>The node stops, and leaves nothing behind that others must see to at once.</summary>
    public static void Leave(HistoryConnection connection, string id, string incarnation) => connection.Run(
        "UPDATE nodes SET is_up = FALSE WHERE id = @id AND incarnation = @incarnation", ("@id", id), ("@incarnation", incarnation));

    private static string Write(NodeReport report) => JsonSerializer.Serialize(report, NodeJson.Default.NodeReport);

    private static NodeRecord Read(DbDataReader reader) => new(
        reader.GetString(0),
        reader.GetBoolean(1),
        DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(2)),
        DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(3)),
        TimeSpan.FromMilliseconds(reader.GetInt64(4)),
        JsonSerializer.Deserialize(reader.GetString(5), NodeJson.Default.NodeReport)!)
    {
        IsDraining = reader.GetBoolean(6),
    };
}
