using System.Data.Common;
using System.Text.RegularExpressions;
using Npgsql;
using PluginHost.History;

namespace PluginHost.Cluster.Postgres;

/// <summary>A connection to PostgreSQL.</summary>
internal sealed partial class PostgresConnection(NpgsqlConnection connection) : HistoryConnection(connection)
{
    // What another node has changed meanwhile is found when it is changed here, and the transaction is done again: a
    // stricter level finds more than there is.
    public override void Begin() => Run("BEGIN ISOLATION LEVEL REPEATABLE READ");

    public override void RollBack() => Run("ROLLBACK");

    public override bool TakesNothing(DbException failure) =>
        IsBroken || failure is PostgresException { SqlState: PostgresErrorCodes.DiskFull or PostgresErrorCodes.IoError or PostgresErrorCodes.ReadOnlySqlTransaction };

    /// <remarks>Of two nodes that insert the same, the second one finds out by the index.</remarks>
    public override bool CanTryAgain(Exception failure) =>
        failure is PostgresException { SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.UniqueViolation };

    // Which index to use is for SQLite, which keeps no count of what a table holds.
    protected override string Translate(string sql) => IndexHint().Replace(sql, "");

    [GeneratedRegex(@"INDEXED BY \w+")]
    private static partial Regex IndexHint();
}
