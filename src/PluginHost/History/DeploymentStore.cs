using System.Data.Common;
using System.Text.Json;

namespace PluginHost.History;

/// <summary>The receipts of deployments.</summary>
internal sealed class DeploymentStore(HistoryDatabase database)
{
    public Task SaveAsync(DeploymentInfo deployment, CancellationToken cancellationToken) =>
        database.WriteAsync(connection => Save(connection, deployment), cancellationToken);

    /// <summary>Ends what was under way when the host died.</summary>
    public Task EndInterruptedAsync(string error, CancellationToken cancellationToken) =>
        database.WriteAsync(
            connection =>
            {
                var interrupted = connection.Query("SELECT document FROM deployments WHERE json_extract(document, '$.state') = 'Running'", ReadDocument);
                interrupted.ForEach(deployment => Save(connection, deployment with { State = DeploymentState.Failed, Error = error }));
                return interrupted.Count;
            },
            cancellationToken);

    /// <summary>The newest deployment of a source, or null.</summary>
    public DeploymentInfo? FindNewest(string source) =>
        database.Read(connection => connection.Query(
            "SELECT document FROM deployments WHERE source = @source COLLATE NOCASE ORDER BY id DESC LIMIT 1", ReadDocument, ("@source", source))).SingleOrDefault();

    public DeploymentInfo? Find(string id) =>
        database.Read(connection => connection.Query("SELECT document FROM deployments WHERE id = @id", ReadDocument, ("@id", id))).SingleOrDefault();

    /// <summary>Deployments, newest first.</summary>
    public Page<DeploymentInfo> List(int limit, string? after)
    {
        limit = Math.Clamp(limit, 1, 500);
        var deployments = database.Read(connection => connection.Query(
            $"SELECT document FROM deployments WHERE {(after is null ? "TRUE" : "id < @after")} ORDER BY id DESC LIMIT @limit",
            ReadDocument,
            ("@after", after), ("@limit", limit + 1)));
        return new Page<DeploymentInfo>([.. deployments.Take(limit)], deployments.Count > limit ? deployments[limit - 1].Id : null);
    }

    private static int Save(HistoryConnection connection, DeploymentInfo deployment) => connection.Run(
        """
        INSERT INTO deployments (id, source, document) VALUES (@id, @source, @document)
        ON CONFLICT (id) DO UPDATE SET document = excluded.document
        """,
        ("@id", deployment.Id), ("@source", deployment.Source), ("@document", JsonSerializer.Serialize(deployment, HistoryJson.Default.DeploymentInfo)));

    private static DeploymentInfo ReadDocument(DbDataReader reader) =>
        JsonSerializer.Deserialize(reader.GetString(0), HistoryJson.Default.DeploymentInfo)!;
}
