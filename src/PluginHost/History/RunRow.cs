using System.Text.Json;

namespace PluginHost.History;

/// <summary>A run as it is written. Made outside the transaction, whose one thread has enough to do.</summary>
internal sealed record RunRow(string Id, string Script, string State, string Trigger, string Node, string? FanOut, string Document)
{
    public static RunRow Of(RunInfo run) =>
        new(run.Id, run.Script, run.State.ToString(), run.Trigger.ToString(), run.Node, run.FanOut, JsonSerializer.Serialize(run, HistoryJson.Default.RunInfo));

    /// <returns>False when it is stored as ended, as further on, or as another node's: what it has become there stays.</returns>
    public bool Save(HistoryConnection connection) => connection.Run(
        """
        INSERT INTO runs (id, script, state, "trigger", fan_out, document) VALUES (@id, @script, @state, @trigger, @fanOut, @document)
        ON CONFLICT (id) DO UPDATE SET state = excluded.state, document = excluded.document
        WHERE runs.state IN ('Queued', 'Running') AND NOT (runs.state = 'Running' AND excluded.state = 'Queued') AND json_extract(runs.document, '$.node') = @node
        """,
        ("@id", Id), ("@script", Script), ("@state", State), ("@trigger", Trigger), ("@fanOut", FanOut), ("@document", Document), ("@node", Node)) > 0;

    /// <summary>The same for a run that is stored, if it is.</summary>
    public bool Update(HistoryConnection connection) => connection.Run(
        """
        UPDATE runs SET state = @state, document = @document
        WHERE id = @id AND state IN ('Queued', 'Running') AND NOT (state = 'Running' AND @state = 'Queued') AND json_extract(document, '$.node') = @node
        """,
        ("@id", Id), ("@state", State), ("@document", Document), ("@node", Node)) > 0;
}
