using Microsoft.Extensions.Time.Testing;
using PluginHost.History;
using PluginHost.TestInfra;

namespace PluginHost.Tests.History;

public sealed class AccessKeyStoreTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Noon);
    private TestDirectory _directory = null!;
    private HistoryDatabase _database = null!;
    private AccessKeyStore _keys = null!;

    [SetUp]
    public void SetUp()
    {
        _directory = new TestDirectory();
        _database = new HistoryDatabase(_directory.Combine("history.db"));
        _keys = new AccessKeyStore(_database, _time);
    }

    [TearDown]
    public void TearDown()
    {
        _database.Dispose();
        _directory.Dispose();
    }

    [Test]
    public void AKey_Is256Bits_AndNoTwoAreAlike()
    {
        var (one, two) = (AccessKey.Generate(), AccessKey.Generate());

        Assert.That(System.Buffers.Text.Base64Url.DecodeFromChars(one.AsSpan(3)), Has.Length.EqualTo(32));
        Assert.That(one, Does.StartWith("ph_").And.Not.EqualTo(two));
    }

    [Test]
    public async Task AnAddedKey_IsFoundByItsHash_AndTheKeyItselfIsNowhereInTheFile()
    {
        var key = AccessKey.Generate();

        await _keys.AddAsync("ci", AccessKey.HashOf(key), AccessRole.Operator, "ada", default);

        Assert.That(_keys.Find(AccessKey.HashOf(key)), Is.EqualTo(new AccessKey("ci", AccessKey.HashOf(key), AccessRole.Operator, Noon, null)));
        Assert.That(_keys.Find(AccessKey.HashOf(key + "x")), Is.Null);
        _database.Dispose();
        Assert.That(await File.ReadAllTextAsync(_directory.Combine("history.db"), System.Text.Encoding.Latin1), Does.Contain(AccessKey.HashOf(key)).And.Not.Contain(key));
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
        using var beside = new HistoryDatabase(_directory.Combine("history.db"));

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

        var entries = (await new AuditStore(_database, _time).ListAsync(new AuditQuery(), default)).Items;

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
