using Npgsql;

namespace PluginHost.Benchmarks.Clusters;

/// <summary>What a database was asked: statements, the beginnings and ends of transactions among them, and transactions.</summary>
internal readonly record struct DatabaseLoad(long Statements, long Transactions)
{
    /// <summary>What the server must be started with.</summary>
    public const string ServerSettings = "-c shared_preload_libraries=pg_stat_statements";

    /// <summary>Until what the nodes do at their start is over.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(10);

    public static DatabaseLoad operator -(DatabaseLoad after, DatabaseLoad before) => new(after.Statements - before.Statements, after.Transactions - before.Transactions);

    /// <returns>Statements a second, and transactions a second.</returns>
    public static async Task<(double Statements, double Transactions)> MeasureAsync(string database, TimeSpan time)
    {
        await Task.Delay(Settling);
        var before = await CountAsync(database);
        await Task.Delay(time);
        var asked = await CountAsync(database) - before;

        // Without the statements that count.
        return ((asked.Statements - 2) / time.TotalSeconds, (asked.Transactions - 2) / time.TotalSeconds);
    }

    /// <returns>What it was asked up to now.</returns>
    public static async Task<DatabaseLoad> CountAsync(string database)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await ReadAsync(connection, "CREATE EXTENSION IF NOT EXISTS pg_stat_statements");
        return new(
            await ReadAsync(connection, "SELECT sum(calls)::bigint FROM pg_stat_statements"),
            await ReadAsync(connection, "SELECT sum(xact_commit + xact_rollback)::bigint FROM pg_stat_database WHERE datname = current_database()"));
    }

    private static async Task<long> ReadAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync() is long count ? count : 0;
    }
}
