using System.Text;
using System.Text.Json;

namespace PluginHost.History;

/// <summary>A run as it is written. Made outside the transaction, whose one thread has enough to do.</summary>
internal sealed class RunRow
{
    private readonly RunInfo _run;

    private RunRow(RunInfo run) => (_run, Json) = (run, JsonSerializer.SerializeToUtf8Bytes(run, HistoryJson.Default.RunInfo));

    /// <summary>All of it, as the journal has it.</summary>
    public byte[] Json { get; }

    /// <summary>All of it, as the database has it.</summary>
    public string Document => Encoding.UTF8.GetString(Json);

    public static RunRow Of(RunInfo run) => new(run);

    /// <returns>False when it is stored as ended, as further on, or as another node's: what it has become there stays.</returns>
    public bool Save(HistoryConnection connection) => connection.Run(
        """
        INSERT INTO runs (id, script, state, "trigger", fan_out, document) VALUES (@id, @script, @state, @trigger, @fanOut, @document)
        ON CONFLICT (id) DO UPDATE SET state = excluded.state, document = excluded.document
        WHERE runs.state IN ('Queued', 'Running') AND NOT (runs.state = 'Running' AND excluded.state = 'Queued') AND json_extract(runs.document, '$.node') = @node
        """,
        ("@id", _run.Id), ("@script", _run.Script), ("@state", _run.State.ToString()), ("@trigger", _run.Trigger.ToString()), ("@fanOut", _run.FanOut), ("@document", Document), ("@node", _run.Node)) > 0;

    /// <summary>The same for a run that is stored, if it is.</summary>
    public bool Update(HistoryConnection connection) => connection.Run(
        """
        UPDATE runs SET state = @state, document = @document
        WHERE id = @id AND state IN ('Queued', 'Running') AND NOT (state = 'Running' AND @state = 'Queued') AND json_extract(document, '$.node') = @node
        """,
        ("@id", _run.Id), ("@state", _run.State.ToString()), ("@document", Document), ("@node", _run.Node)) > 0;
}
