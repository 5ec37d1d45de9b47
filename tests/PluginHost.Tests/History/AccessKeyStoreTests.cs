using Microsoft.Extensions.Time.Testing;
using PluginHost.History;

namespace PluginHost.Tests.History;

public sealed class AccessKeyStoreTests(DatabaseKind kind) : OnEachDatabase(kind)
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Noon);
    private AccessKeyStore _keys = null!;

    [SetUp]
    public void SetUp()
    {
        _keys = new AccessKeyStore(Database, _time);
    }

    [Test]
    public void AKey_Is256Bits_AndNoTwoAreAlike()
    {
        var (one, two) = (AccessKey.Generate(), AccessKey.Generate());

        Assert.That(System.Buffers.Text.Base64Url.DecodeFromChars(one.AsSpan(3)), Has.Length.EqualTo(32));
        Assert.That(one, Does.StartWith("ph_").And.Not.EqualTo(two));
    }

    [Test]
    public async Task AnAddedKey_IsFoundByItsHash_AndTheKeyItselfIsStoredNowhere()
    {
        var key = AccessKey.Generate();

        await _keys.AddAsync("ci", AccessKey.HashOf(key), AccessRole.Operator, "ada", default);

        Assert.That(_keys.Find(AccessKey.HashOf(key)), Is.EqualTo(new AccessKey("ci", AccessKey.HashOf(key), AccessRole.Operator, Noon, null)));
        Assert.That(_keys.Find(AccessKey.HashOf(key + "x")), Is.Null);
        var stored = Database.Read(connection => connection.Query("SELECT name, hash, role FROM access_keys", reader => $"{reader.GetString(0)} {reader.GetString(1)} {reader.GetString(2)}")).Single();
        Assert.That(stored, Does.Contain(AccessKey.HashOf(key)).And.Not.Contain(key));
    }

    [Test]
    public async Task ANameThatIsTaken_KeepsItsKey()
    {
        await _keys.AddAsync("ci", "first", AccessRole.Viewer, "ada", default);

        var added = await _keys.AddAsync("CI", "second", AccessRole.Admin, "eve", default);

        Assert.That(added, Is.False);
        Assert.That(_keys.List().Select(key => key.Hash), Is.EqualTo(new[] { "first" }));
    }

    [Test]
    public async Task ARemovedKey_IsFoundNoMore_AlsoByAnotherProcess()
    {
        await _keys.AddAsync("ci", "hash", AccessRole.Viewer, "ada", default);
        using var beside = OpenAgain();

        var removed = await new AccessKeyStore(beside, _time).RemoveAsync("ci", "ada", default);

        Assert.That((removed, _keys.Find("hash"), _keys.Any()), Is.EqualTo((true, (AccessKey?)null, false)));
        Assert.That(await _keys.RemoveAsync("ci", "ada", default), Is.False);
    }

    [Test]
    public async Task AddingAndRemoving_AreInTheAuditLog_AlsoWhereTheyWereRefused()
    {
        await _keys.AddAsync("ci", "hash", AccessRole.Viewer, "ada", default);
        await _keys.AddAsync("ci", "other", AccessRole.Viewer, "eve", default);
        await _keys.RemoveAsync("ci", "ada", default);

        var entries = (await new AuditStore(Database, _time).ListAsync(new AuditQuery(), default)).Items;

        Assert.That(entries.Select(entry => (entry.Action, entry.Who, entry.Target, entry.Outcome)), Is.EqualTo(new[]
        {
            (AuditAction.KeyRemove, "ada", "ci", AuditOutcome.Done),
            (AuditAction.KeyAdd, "eve", "ci", AuditOutcome.Refused),
            (AuditAction.KeyAdd, "ada", "ci", AuditOutcome.Done),
        }));
    }

    [Test]
    public async Task TheLastUse_IsNotedOnceAMinute()
    {
        await _keys.AddAsync("ci", "hash", AccessRole.Viewer, "ada", default);
        async Task<DateTimeOffset?> UseAsync(TimeSpan later)
        {
            _time.Advance(later);
            await _keys.NoteUseAsync(_keys.Find("hash")!, default);
            return _keys.Find("hash")!.LastUsedAt;
        }

        Assert.That(await UseAsync(TimeSpan.Zero), Is.EqualTo(Noon));
        Assert.That(await UseAsync(TimeSpan.FromSeconds(59)), Is.EqualTo(Noon));
        Assert.That(await UseAsync(TimeSpan.FromSeconds(1)), Is.EqualTo(Noon.AddMinutes(1)));
    }
}
