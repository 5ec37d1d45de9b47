using Npgsql;
using PluginHost.History;
using PluginHost.History.Journal;

namespace PluginHost.Cluster.Postgres;

/// <summary>The history of all nodes: a schema of a PostgreSQL database.</summary>
internal sealed class PostgresDatabase : HistoryDatabase
{
    private readonly PostgresSource _source;

    public PostgresDatabase(string connectionString, string schema)
        : this(new PostgresSource(connectionString, schema))
    {
    }

    /// <exception cref="ClusterException">It cannot be reached, or its schema is of another version.</exception>
    public PostgresDatabase(PostgresSource source)
        : base(Open(source)) => _source = source;

    public override void Dispose()
    {
        base.Dispose();
        _source.Dispose();
    }

    private static (HistoryWriter Writer, ReadConnections Readers, RunJournal? Journal) Open(PostgresSource source)
    {
        try
        {
            using (var connection = source.Open())
            {
                PostgresSchema.Migrate(connection, source.Schema);
            }

            return (new HistoryWriter(source.Open), new ReadConnections(source.Open), null);
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
}
