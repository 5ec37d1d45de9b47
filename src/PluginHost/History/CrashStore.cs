using System.Collections.Concurrent;
using System.Data.Common;

namespace PluginHost.History;

/// <summary>A run that was under way when the host died.</summary>
/// <param name="Run">The run.</param>
/// <param name="Script">Its script.</param>
/// <param name="Version">The version that it ran on.</param>
/// <param name="At">When the host came up again.</param>
/// <param name="Alone">Whether runs of no other script were under way.</param>
/// <param name="Cause">What the host died of; null when nobody has seen that.</param>
internal sealed record Crash(string Run, string Script, string Version, DateTimeOffset At, bool Alone, string? Cause);

/// <summary>A version of a script that is not to be started, because it is suspected of having ended the host.</summary>
/// <param name="Script">The script.</param>
/// <param name="Version">The version of its plugin.</param>
/// <param name="Since">Since when.</param>
/// <param name="Crashes">How many times the host has died while it was under way.</param>
/// <param name="Reason">Why it is suspected, in a sentence or two.</param>
internal sealed record Quarantine(string Script, string Version, DateTimeOffset Since, int Crashes, string Reason);

/// <summary>What was under way when the host died, and what follows from it.</summary>
internal sealed class CrashStore
{
    // Older ones say nothing of a script any more.
    private const int MostOfAScript = 50;

    private readonly HistoryDatabase _database;
    private readonly ConcurrentDictionary<string, Quarantine> _quarantines = new(StringComparer.OrdinalIgnoreCase);

    public CrashStore(HistoryDatabase database)
    {
        _database = database;
        foreach (var quarantine in database.Read(connection => connection.Query("SELECT script, version, since, crashes, reason FROM quarantines", ReadQuarantine)))
        {
            _quarantines[Key(quarantine.Script, quarantine.Version)] = quarantine;
        }
    }

    public Quarantine? Find(string script, string version) => _quarantines.GetValueOrDefault(Key(script, version));

    /// <summary>For the transaction that ends the runs that were under way.</summary>
    public static void Add(HistoryConnection connection, Crash crash)
    {
        connection.Run(
            "INSERT INTO crashes (run, script, version, at, alone, cause, allowed) VALUES (@run, @script, @version, @at, @alone, @cause, 0) ON CONFLICT DO NOTHING",
            ("@run", crash.Run), ("@script", crash.Script), ("@version", crash.Version), ("@at", crash.At.ToUnixTimeMilliseconds()), ("@alone", crash.Alone ? 1 : 0), ("@cause", crash.Cause));
        connection.Run(
            $"DELETE FROM crashes WHERE script = @script AND run NOT IN (SELECT run FROM crashes WHERE script = @script ORDER BY run DESC LIMIT {MostOfAScript})",
            ("@script", crash.Script));
    }

    /// <summary>The crashes of a version of a script since it was last allowed, the latest first.</summary>
    public static List<Crash> Of(HistoryConnection connection, string script, string version) => connection.Query(
        "SELECT run, script, version, at, alone, cause FROM crashes WHERE script = @script AND version = @version AND allowed = 0 ORDER BY run DESC",
        reader => new Crash(
            reader.GetString(0), reader.GetString(1), reader.GetString(2), DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(3)), reader.GetInt64(4) != 0, reader.IsDBNull(5) ? null : reader.GetString(5)),
        ("@script", script), ("@version", version));

    /// <summary>The last run of a script that ended while the host lived; null when there is none.</summary>
    public static string? LastRunThatEnded(HistoryConnection connection, string script) => connection.Query(
        "SELECT id FROM runs WHERE script = @script AND state IN ('Succeeded', 'Failed', 'Cancelled', 'TimedOut') ORDER BY id DESC LIMIT 1",
        reader => reader.GetString(0),
        ("@script", script)).SingleOrDefault();

    /// <summary>For the same transaction. <see cref="Know"/> is called when it is on disk.</summary>
    public static void Save(HistoryConnection connection, Quarantine quarantine) => connection.Run(
        """
        INSERT INTO quarantines (script, version, since, crashes, reason) VALUES (@script, @version, @since, @crashes, @reason)
        ON CONFLICT (script, version) DO UPDATE SET since = excluded.since, crashes = excluded.crashes, reason = excluded.reason
        """,
        ("@script", quarantine.Script), ("@version", quarantine.Version), ("@since", quarantine.Since.ToUnixTimeMilliseconds()), ("@crashes", quarantine.Crashes), ("@reason", quarantine.Reason));

    public void Know(Quarantine quarantine) => _quarantines[Key(quarantine.Script, quarantine.Version)] = quarantine;

    /// <summary>Lets a version of a script run again; the crashes so far do not count any more.</summary>
    /// <returns>Whether it was in quarantine.</returns>
    public async Task<bool> AllowAsync(string script, string version, CancellationToken cancellationToken)
    {
        await _database.WriteAsync(
            connection => connection.Run("UPDATE crashes SET allowed = 1 WHERE script = @script AND version = @version", ("@script", script), ("@version", version))
                + connection.Run("DELETE FROM quarantines WHERE script = @script AND version = @version", ("@script", script), ("@version", version)),
            cancellationToken);
        return _quarantines.TryRemove(Key(script, version), out _);
    }

    private static string Key(string script, string version) => $"{script}\n{version}";

    private static Quarantine ReadQuarantine(DbDataReader reader) =>
        new(reader.GetString(0), reader.GetString(1), DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(2)), (int)reader.GetInt64(3), reader.GetString(4));
}
