using System.Data.Common;
using System.Globalization;

namespace PluginHost.History;

/// <summary>Who did what, one row each.</summary>
internal sealed class AuditStore(HistoryDatabase database, TimeProvider time) : IAuditLog
{
    /// <summary>Names and reasons come from outside; one entry does not grow without bound.</summary>
    private const int LongestText = 500;

    public async Task<string> RecordAsync(AuditRequest request, AuditOutcome outcome, string? reason, CancellationToken cancellationToken)
    {
        var id = await database.WriteAsync(connection => Add(connection, request, outcome, reason, time.GetUtcNow()), cancellationToken);
        return id.ToString(CultureInfo.InvariantCulture);
    }

    public Task SettleAsync(string id, AuditOutcome outcome, string? reason, CancellationToken cancellationToken) => database.WriteAsync(
        connection => connection.Run(
            "UPDATE audit SET outcome = @outcome, reason = @reason WHERE id = @id",
            ("@outcome", outcome.ToString()), ("@reason", Cut(reason)), ("@id", long.Parse(id, CultureInfo.InvariantCulture))),
        cancellationToken);

    public Task<Page<AuditInfo>> ListAsync(AuditQuery query, CancellationToken cancellationToken)
    {
        var limit = Math.Clamp(query.Limit, 1, 500);
        var rows = database.Read(connection => connection.Query(
            Sql(query), Read, ("@who", query.Who), ("@action", query.Action?.ToString()),
            ("@after", long.TryParse(query.After, CultureInfo.InvariantCulture, out var after) ? after : long.MaxValue), ("@limit", limit + 1)));
        return Task.FromResult(new Page<AuditInfo>([.. rows.Take(limit)], rows.Count > limit ? rows[limit - 1].Id : null));
    }

    /// <summary>For the transaction of what it tells of.</summary>
    /// <returns>The entry's number.</returns>
    public static long Add(HistoryConnection connection, AuditRequest request, AuditOutcome outcome, string? reason, DateTimeOffset at) => connection.Query(
        """
        INSERT INTO audit (at, who, origin, action, target, outcome, reason)
        VALUES (@at, @who, @origin, @action, @target, @outcome, @reason) RETURNING id
        """,
        reader => reader.GetInt64(0),
        ("@at", at.ToUnixTimeMilliseconds()), ("@who", Cut(request.Who)), ("@origin", Cut(request.From)), ("@action", request.Action.ToString()),
        ("@target", Cut(request.Target)), ("@outcome", outcome.ToString()), ("@reason", Cut(reason))).Single();

    public static string Sql(AuditQuery query) =>
        $"""
        SELECT id, at, who, origin, action, target, outcome, reason FROM audit
        WHERE id < @after {(query.Who is null ? null : "AND who = @who")} {(query.Action is null ? null : "AND action = @action")}
        ORDER BY id DESC LIMIT @limit
        """;

    private static string? Cut(string? text) => text is { Length: > LongestText } ? text[..LongestText] + "…" : text;

    private static AuditInfo Read(DbDataReader reader) => new()
    {
        Id = reader.GetInt64(0).ToString(CultureInfo.InvariantCulture),
        At = DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(1)),
        Who = reader.IsDBNull(2) ? null : reader.GetString(2),
        From = reader.IsDBNull(3) ? null : reader.GetString(3),
        Action = Enum.Parse<AuditAction>(reader.GetString(4)),
        Target = reader.IsDBNull(5) ? null : reader.GetString(5),
        Outcome = Enum.Parse<AuditOutcome>(reader.GetString(6)),
        Reason = reader.IsDBNull(7) ? null : reader.GetString(7),
    };
}
