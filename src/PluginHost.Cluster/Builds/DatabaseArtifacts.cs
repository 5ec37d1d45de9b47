using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Npgsql;
using PluginHost.Artifacts;
using PluginHost.Cluster.Postgres;

namespace PluginHost.Cluster.Builds;

/// <summary>Builds shared through the cluster's database.</summary>
internal sealed class DatabaseArtifacts(PostgresSource source, IOptions<ClusterOptions> options, IOptions<PluginHostOptions> host, TimeProvider time) : ISharedArtifacts
{
    // A large package over a slow line; other statements take less.
    private const int CommandSeconds = 60;

    // A build may have been made for the system that it was made on.
    private static readonly string Platform = RuntimeInformation.RuntimeIdentifier;

    public bool IsOn => true;

    public long MaxBytes => options.Value.Builds.MaxBytes;

    public async Task<IAsyncDisposable?> ClaimAsync(string work, CancellationToken cancellationToken) =>
        await AdvisoryClaim.TakeAsync(source, $"{work} {Platform}", options.Value.Builds.Wait, cancellationToken);

    public async Task<IReadOnlyList<PluginArtifact>> ListAsync(string pluginId, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenAsync(cancellationToken);
        await using var list = Command(connection, "SELECT document FROM shared_builds WHERE plugin = @plugin AND platform = @platform ORDER BY put_at DESC", ("@plugin", pluginId));
        await using var reader = await list.ExecuteReaderAsync(cancellationToken);
        var found = new List<PluginArtifact>();
        while (await reader.ReadAsync(cancellationToken))
        {
            try
            {
                found.Add(ArtifactPackage.ReadDescription(reader.GetString(0)));
            }
            catch (JsonException)
            {
                // Of another version of PluginHost, which writes it in another way: not for this one.
            }
        }

        return found;
    }

    public async Task<byte[]?> FetchAsync(PluginArtifact artifact, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenAsync(cancellationToken);
        await using var fetch = Command(
            connection, "SELECT content FROM shared_builds WHERE plugin = @plugin AND platform = @platform AND content_key = @key", ("@plugin", artifact.PluginId), ("@key", artifact.ContentKey));
        return (byte[]?)await fetch.ExecuteScalarAsync(cancellationToken);
    }

    public async Task PutAsync(PluginArtifact artifact, byte[] package, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenAsync(cancellationToken);
        await using var put = Command(
            connection,
            """
            INSERT INTO shared_builds (plugin, content_key, platform, put_at, bytes, document, content) VALUES (@plugin, @key, @platform, @now, @bytes, @document, @content)
            ON CONFLICT (plugin, content_key, platform) DO UPDATE SET put_at = excluded.put_at, bytes = excluded.bytes, document = excluded.document, content = excluded.content
            """,
            ("@plugin", artifact.PluginId), ("@key", artifact.ContentKey), ("@now", Now), ("@bytes", (long)package.Length), ("@document", ArtifactPackage.Describe(artifact)), ("@content", package));
        await put.ExecuteNonQueryAsync(cancellationToken);
        await SweepAsync(connection, cancellationToken);
    }

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Deletes what is no longer kept. What counts in the cluster, and what is pinned, stays.</summary>
    private async Task SweepAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var kept = host.Value.Retention.Versions;
        await using var sweep = Command(
            connection,
            """
            DELETE FROM shared_builds WHERE (plugin, content_key, platform) IN (
                SELECT plugin, content_key, platform FROM (
                    SELECT plugin, content_key, platform, put_at,
                        row_number() OVER (PARTITION BY plugin, platform ORDER BY put_at DESC) AS place, sum(bytes) OVER (ORDER BY put_at DESC, plugin, content_key) AS total
                    FROM shared_builds) AS build
                WHERE (place > @count OR put_at < @oldest OR total > @total)
                    AND NOT EXISTS (SELECT 1 FROM pins WHERE pins.plugin = build.plugin AND pins.content_key = build.content_key)
                    AND NOT EXISTS (SELECT 1 FROM plugin_claims AS live WHERE live.plugin = build.plugin AND live.content_key = build.content_key))
            """,
            ("@count", (long)Math.Max(1, kept.Count ?? int.MaxValue)), ("@oldest", kept.Age is { } age ? (time.GetUtcNow() - age).ToUnixTimeMilliseconds() : 0), ("@total", options.Value.Builds.MaxTotalBytes));
        await sweep.ExecuteNonQueryAsync(cancellationToken);
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var command = new NpgsqlCommand(sql, connection) { CommandTimeout = CommandSeconds };
        if (sql.Contains("@platform", StringComparison.Ordinal))
        {
            command.Parameters.Add(new NpgsqlParameter("@platform", Platform));
        }

        foreach (var (name, value) in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter(name, value));
        }

        return command;
    }
}
