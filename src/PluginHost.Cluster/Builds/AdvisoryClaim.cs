using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using PluginHost.Cluster.Postgres;

namespace PluginHost.Cluster.Builds;

/// <summary>A claim that is an advisory lock of a connection of its own: when its process dies, the server frees it at once.</summary>
internal sealed class AdvisoryClaim : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;

    private AdvisoryClaim(NpgsqlConnection connection) => _connection = connection;

    /// <returns>The claim; null when another has had it for so long.</returns>
    public static async Task<AdvisoryClaim?> TakeAsync(PostgresSource source, string work, TimeSpan wait, CancellationToken cancellationToken)
    {
        var settings = new NpgsqlConnectionStringBuilder(source.Settings.ConnectionString)
        {
            ApplicationName = "PluginHost builds", Pooling = false, Timeout = 5, CommandTimeout = (int)wait.TotalSeconds + 10,
        };
        var connection = new NpgsqlConnection(settings.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);

            // To PostgreSQL, zero would mean for ever.
            await using var limit = new NpgsqlCommand($"SET lock_timeout = {Math.Max(1, (long)wait.TotalMilliseconds)}", connection);
            await limit.ExecuteNonQueryAsync(cancellationToken);
            await using var take = new NpgsqlCommand("SELECT pg_advisory_lock(@key)", connection) { Parameters = { new("@key", KeyOf(source.Schema, work)) } };
            await take.ExecuteNonQueryAsync(cancellationToken);
            return new AdvisoryClaim(connection);
        }
        catch (PostgresException failure) when (failure.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            await connection.DisposeAsync();
            return null;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    // The numbers are the whole database's, and so shared with other clusters in it.
    private static long KeyOf(string schema, string work) => BinaryPrimitives.ReadInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{schema} {work}")));
}
