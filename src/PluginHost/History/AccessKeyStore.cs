using System.Collections.Concurrent;
using System.Data.Common;

namespace PluginHost.History;

/// <summary>The keys that open the API and the pages. They are read anew each time: a command beside the host adds and removes them.</summary>
internal sealed class AccessKeyStore(HistoryDatabase database, TimeProvider time)
{
    private static readonly TimeSpan UseIsNotedEvery = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, DateTimeOffset> _used = new();

    public bool Any() => database.Read(connection => connection.Query("SELECT 1 FROM access_keys LIMIT 1", reader => reader.GetInt32(0))).Count > 0;

    public IReadOnlyList<AccessKey> List() => database.Read(connection => connection.Query($"{Columns} ORDER BY name", Read));

    /// <summary>The key with this hash; null when there is none, or none any more.</summary>
    public AccessKey? Find(string hash) => database.Read(connection => connection.Query($"{Columns} WHERE hash = @hash", Read, ("@hash", hash))).SingleOrDefault();

    /// <summary>Adds a key, and tells who did.</summary>
    /// <returns>Whether its name was free.</returns>
    public Task<bool> AddAsync(string name, string hash, AccessRole role, string who, CancellationToken cancellationToken) => database.WriteAsync(
        connection =>
        {
            var added = connection.Run(
                "INSERT INTO access_keys (name, hash, role, created_at) VALUES (@name, @hash, @role, @at) ON CONFLICT DO NOTHING",
                ("@name", name), ("@hash", hash), ("@role", role.ToString()), ("@at", time.GetUtcNow().ToUnixTimeMilliseconds())) > 0;
            Note(connection, AuditAction.KeyAdd, name, who, added ? null : "There is a key of this name.");
            return added;
        },
        cancellationToken);

    /// <summary>Removes a key, and tells who did.</summary>
    /// <returns>Whether there was one of this name.</returns>
    public Task<bool> RemoveAsync(string name, string who, CancellationToken cancellationToken) => database.WriteAsync(
        connection =>
        {
            var removed = connection.Run("DELETE FROM access_keys WHERE name = @name", ("@name", name)) > 0;
            Note(connection, AuditAction.KeyRemove, name, who, removed ? null : "There is no key of this name.");
            return removed;
        },
        cancellationToken);

    /// <summary>Keeps that a key was used: not each time, which would make every request wait for the disk.</summary>
    public async Task NoteUseAsync(AccessKey key, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (now - _used.GetValueOrDefault(key.Hash, DateTimeOffset.MinValue) < UseIsNotedEvery)
        {
            return;
        }

        _used[key.Hash] = now;
        await database.WriteAsync(
            connection => connection.Run("UPDATE access_keys SET last_used_at = @at WHERE hash = @hash", ("@at", now.ToUnixTimeMilliseconds()), ("@hash", key.Hash)),
            cancellationToken);
    }

    private const string Columns = "SELECT name, hash, role, created_at, last_used_at FROM access_keys";

    private void Note(HistoryConnection connection, AuditAction action, string name, string who, string? refused) => AuditStore.Add(
        connection, new AuditRequest(action, who, "command line", name), refused is null ? AuditOutcome.Done : AuditOutcome.Refused, refused, time.GetUtcNow());

    private static AccessKey Read(DbDataReader reader) => new(
        reader.GetString(0),
        reader.GetString(1),
        Enum.Parse<AccessRole>(reader.GetString(2)),
        DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(3)),
        reader.IsDBNull(4) ? null : DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(4)));
}
