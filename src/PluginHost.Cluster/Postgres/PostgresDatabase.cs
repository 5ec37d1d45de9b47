using Npgsql;
using PluginHost.History;

namespace PluginHost.Cluster.Postgres;

/// <summary>The history of all nodes: a schema of a PostgreSQL database.</summary>
internal sealed class PostgresDatabase : HistoryDatabase
{
    private readonly NpgsqlDataSource _source;
    private readonly HistoryWriter _writer;
    private readonly ReadConnections _readers;

    /// <exception cref="InvalidOperationException">It cannot be reached, or its schema is of another version.</exception>
    public PostgresDatabase(string connectionString, string schema)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString) { SearchPath = schema, MaxAutoPrepare = 100, NoResetOnClose = true };
        builder.ApplicationName ??= "PluginHost";
        _source = NpgsqlDataSource.Create(builder);
        try
        {
            using (var connection = Open())
            {
                PostgresSchema.Migrate(connection, schema);
            }

            _writer = new HistoryWriter(Open);
            _readers = new ReadConnections(Open);
        }
        catch (NpgsqlException failure)
        {
            _source.Dispose();
            throw new InvalidOperationException(
                $"The database '{builder.Database}' on {builder.Host} cannot be used: {failure.Message} Nothing was changed. Look at the connection string, at whether the server runs, and at whether {builder.Username} may create a schema there.",
                failure);
        }
    }

    public override Task<T> WriteAsync<T>(Func<HistoryConnection, T> work, CancellationToken cancellationToken) => _writer.WriteAsync(work, cancellationToken);

    public override T Read<T>(Func<HistoryConnection, T> work) => _readers.Read(work);

    public override void Dispose()
    {
        _readers.Dispose();
        _writer.Dispose();
        _source.Dispose();
    }

    private PostgresConnection Open() => new(_source.OpenConnection());
}
