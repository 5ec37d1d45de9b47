using Microsoft.Extensions.Options;
using Npgsql;

namespace PluginHost.Cluster.Postgres;

/// <summary>Opens connections to the cluster's schema.</summary>
internal sealed class PostgresSource : IDisposable
{
    private readonly NpgsqlDataSource _source;

    public PostgresSource(IOptions<ClusterOptions> options)
        : this(options.Value.ConnectionString, options.Value.Schema)
    {
    }

    public PostgresSource(string connectionString, string schema)
    {
        Schema = schema;
        Settings = new NpgsqlConnectionStringBuilder(connectionString) { SearchPath = schema, MaxAutoPrepare = 100, NoResetOnClose = true };
        Settings.ApplicationName ??= "PluginHost";
        if (!connectionString.Contains("command timeout", StringComparison.OrdinalIgnoreCase))
        {
            // No statement of ours takes long, and a server that hangs must not hang the host.
            Settings.CommandTimeout = 10;
        }

        _source = NpgsqlDataSource.Create(Settings);
    }

    public string Schema { get; }

    /// <summary>What the nodes tell each other goes through this channel.</summary>
    public string Channel => ChannelOf(Schema);

    public NpgsqlConnectionStringBuilder Settings { get; }

    /// <summary>In a statement, where the channel's name is known by the schema alone.</summary>
    public static string ChannelOf(string schema) => $"pluginhost_{schema}";

    public PostgresConnection Open() => new(_source.OpenConnection());

    public ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken) => _source.OpenConnectionAsync(cancellationToken);

    public void Dispose() => _source.Dispose();
}
