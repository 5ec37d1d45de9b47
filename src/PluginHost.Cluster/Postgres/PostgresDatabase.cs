using Npgsql;
using PluginHost.History;

namespace PluginHost.Cluster.Postgres;

/// <summary>The history of all nodes: a schema of a PostgreSQL database.</summary>
internal sealed class PostgresDatabase : HistoryDatabase
{
    private readonly PostgresSource _source;
    private readonly HistoryWriter _writer;
    private readonly ReadConnections _readers;

    public PostgresDatabase(string connectionString, string schema)
        : this(new PostgresSource(connectionString, schema))
    {
    }

    /// <exception cref="ClusterException">It cannot be reached, or its schema is of another version.</exception>
    public PostgresDatabase(PostgresSource source)
    {
        _source = source;
        try
        {
            using (var connection = source.Open())
            {
                PostgresSchema.Migrate(connection, source.Schema);
            }

            _writer = new HistoryWriter(source.Open);
            _readers = new ReadConnections(source.Open);
        }
        catch (NpgsqlException failure)
        {
            source.Dispose();
            var settings = source.Settings;
            throw new ClusterException(
                $"The database '{settings.Database}' on {settings.Host} cannot be used: {failure.Message} Nothing was changed. Look at the connection string, at whether the server runs, and at whether {settings.Username} may create a schema there.",
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
}
