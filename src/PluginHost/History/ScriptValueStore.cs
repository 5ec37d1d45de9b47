using System.Data.Common;

namespace PluginHost.History;

/// <summary>A value that a script keeps.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Json">The value.</param>
/// <param name="Version">Larger than that of any value stored before.</param>
/// <param name="UpdatedAt">When it was set.</param>
internal sealed record ScriptValue(string Key, string Json, long Version, DateTimeOffset UpdatedAt);

/// <summary>The values that scripts keep from one run to the next, for a run.</summary>
internal interface IScriptValues
{
    Task<ScriptValue?> FindAsync(string script, string key, CancellationToken cancellationToken);

    /// <inheritdoc cref="ScriptValueStore.SetAsync"/>
    Task<long?> SetAsync(string script, string key, string json, long? expected, int most, CancellationToken cancellationToken);

    /// <inheritdoc cref="ScriptValueStore.RemoveAsync"/>
    Task<bool> RemoveAsync(string script, string key, CancellationToken cancellationToken);

    /// <summary>The keys that have a value, in order.</summary>
    Task<IReadOnlyList<string>> GetKeysAsync(string script, CancellationToken cancellationToken);
}

/// <summary>The values that scripts keep from one run to the next.</summary>
internal sealed class ScriptValueStore(HistoryDatabase database, TimeProvider time) : IScriptValues
{
    public Task<ScriptValue?> FindAsync(string script, string key, CancellationToken cancellationToken) => Task.FromResult(Find(script, key));

    public Task<IReadOnlyList<string>> GetKeysAsync(string script, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string>>([.. List(script).Select(value => value.Key)]);

    public ScriptValue? Find(string script, string key) => database.Read(connection => connection.Query(
        "SELECT key, value, version, updated_at FROM script_values WHERE script = @script AND key = @key", Read, ("@script", script), ("@key", key))).SingleOrDefault();

    /// <summary>All values of a script, by key.</summary>
    public IReadOnlyList<ScriptValue> List(string script) => database.Read(connection => connection.Query(
        "SELECT key, value, version, updated_at FROM script_values WHERE script = @script ORDER BY key", Read, ("@script", script)));

    /// <summary>Sets a value.</summary>
    /// <param name="script">The script.</param>
    /// <param name="key">The key.</param>
    /// <param name="json">The value.</param>
    /// <param name="expected">The version that must be there now, 0 for none; null for whatever is there.</param>
    /// <param name="most">How many keys a script may have.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The version of the value, or null when another than the expected one is there.</returns>
    /// <exception cref="InvalidOperationException">The script has as many keys as it may have.</exception>
    public Task<long?> SetAsync(string script, string key, string json, long? expected, int most, CancellationToken cancellationToken) =>
        database.WriteAsync(
            connection =>
            {
                var present = Version(connection, script, key);
                if (expected is not null && expected != present)
                {
                    return (long?)null;
                }

                if (present == 0 && Count(connection, script) >= most)
                {
                    throw new InvalidOperationException(
                        $"Script '{script}' keeps {most} values already, which is as many as it may (PluginHost:Runs:MaxStateKeys), so '{key}' was not set. Remove values that are no longer needed.");
                }

                // A new row each time, because its number is the version.
                connection.Run("DELETE FROM script_values WHERE script = @script AND key = @key", ("@script", script), ("@key", key));
                connection.Run(
                    "INSERT INTO script_values (script, key, value, updated_at) VALUES (@script, @key, @value, @now)",
                    ("@script", script), ("@key", key), ("@value", json), ("@now", time.GetUtcNow().ToUnixTimeMilliseconds()));
                return Version(connection, script, key);
            },
            cancellationToken);

    /// <returns>Whether there was one.</returns>
    public async Task<bool> RemoveAsync(string script, string key, CancellationToken cancellationToken) =>
        await database.WriteAsync(
            connection => connection.Run("DELETE FROM script_values WHERE script = @script AND key = @key", ("@script", script), ("@key", key)),
            cancellationToken) > 0;

    private static long Version(HistoryConnection connection, string script, string key) => connection.Query(
        "SELECT version FROM script_values WHERE script = @script AND key = @key", reader => reader.GetInt64(0), ("@script", script), ("@key", key)).SingleOrDefault();

    private static long Count(HistoryConnection connection, string script) => connection.Query(
        "SELECT COUNT(*) FROM script_values WHERE script = @script", reader => reader.GetInt64(0), ("@script", script)).Single();

    private static ScriptValue Read(DbDataReader reader) =>
        new(reader.GetString(0), reader.GetString(1), reader.GetInt64(2), DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(3)));
}
