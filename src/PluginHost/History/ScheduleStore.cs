using System.Data.Common;

namespace PluginHost.History;

/// <summary>Up to which moment the times of a schedule are accounted for.</summary>
/// <param name="Script">The script.</param>
/// <param name="Key">The schedule within the script.</param>
/// <param name="Until">As the cron expression says, without jitter, so that another jitter in a new version repeats no time.</param>
internal sealed record ScheduleMark(string Script, string Key, DateTimeOffset Until);

/// <summary>The mark of each schedule.</summary>
internal sealed class ScheduleStore(HistoryDatabase database)
{
    public IReadOnlyList<ScheduleMark> GetAll() => database.ReadRuns(connection => connection.Query("SELECT script, key, accounted_until FROM schedules", Read));

    /// <summary>The marks of a script, for a transaction that goes by them.</summary>
    public static List<ScheduleMark> Of(HistoryConnection connection, string script) => connection.Query(
        "SELECT script, key, accounted_until FROM schedules WHERE script = @script", Read, ("@script", script));

    /// <summary>Sets marks, all of them or none.</summary>
    public Task SetAsync(IReadOnlyList<ScheduleMark> marks, CancellationToken cancellationToken) =>
        database.WriteAsync(connection => marks.Sum(mark => Save(connection, mark)), cancellationToken);

    public Task RemoveAsync(string script, string key, CancellationToken cancellationToken) =>
        database.WriteAsync(connection => Remove(connection, script, key), cancellationToken);

    /// <summary>For a transaction that does more.</summary>
    public static int Remove(HistoryConnection connection, string script, string key) =>
        connection.Run("DELETE FROM schedules WHERE script = @script AND key = @key", ("@script", script), ("@key", key));

    /// <summary>For a transaction that stores more than the mark.</summary>
    public static int Save(HistoryConnection connection, ScheduleMark mark) => connection.Run(
        "INSERT INTO schedules (script, key, accounted_until) VALUES (@script, @key, @until) ON CONFLICT (script, key) DO UPDATE SET accounted_until = excluded.accounted_until",
        ("@script", mark.Script), ("@key", mark.Key), ("@until", mark.Until.ToUnixTimeMilliseconds()));

    /// <summary>For a transaction that may come after a later one of the same schedule.</summary>
    public static int Raise(HistoryConnection connection, ScheduleMark mark) => connection.Run(
        """
        INSERT INTO schedules (script, key, accounted_until) VALUES (@script, @key, @until)
        ON CONFLICT (script, key) DO UPDATE SET accounted_until = excluded.accounted_until WHERE schedules.accounted_until < excluded.accounted_until
        """,
        ("@script", mark.Script), ("@key", mark.Key), ("@until", mark.Until.ToUnixTimeMilliseconds()));

    private static ScheduleMark Read(DbDataReader reader) =>
        new(reader.GetString(0), reader.GetString(1), DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(2)));
}
