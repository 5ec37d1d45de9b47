using Npgsql;

namespace PluginHost.Benchmarks.Clusters;

/// <summary>Counts what a database is asked.</summary>
internal static class DatabaseLoad
{
    /// <summary>What the server must be started with.</summary>
    public const string ServerSettings = "-c shared_preload_libraries=pg_stat_statements";

    /// <summary>Until what the nodes do at their start is over.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(10);

    /// <returns>Statements a second, the beginnings and ends of transactions among them, and transactions a second.</returns>
    public static async Task<(double Statements, double Transactions)> MeasureAsync(string database, TimeSpan time)
    {
        await Task.Delay(Settling);
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await ReadAsync(connection, "CREATE EXTENSION IF NOT EXISTS pg_stat_statements");
        var (statements, transactions) = await CountAsync(connection);
        await Task.Delay(time);
        var after = await CountAsync(connection);

        // Without the two statements that count.
        return ((after.Statements - statements - 2) / time.TotalSeconds, (after.Transactions - transactions - 2) / time.TotalSeconds);
    }

    private static async Task<(long Statements, long Transactions)> CountAsync(NpgsqlConnection connection) => (
        await ReadAsync(connection, "SELECT sum(calls)::bigint FROM pg_stat_statements"),
        await ReadAsync(connection, "SELECT sum(xact_commit + xact_rollback)::bigint FROM pg_stat_database WHERE datname = current_database()"));

    private static async Task<long> ReadAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync() is long count ? count : 0;
    }
}
