using Microsoft.Extensions.Time.Testing;
using PluginHost.History;

namespace PluginHost.Tests.History;

public sealed class AuditStoreTests(DatabaseKind kind) : OnEachDatabase(kind)
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Noon);
    private AuditStore _audit = null!;

    [SetUp]
    public void SetUp()
    {
        _audit = new AuditStore(Database, _time);
    }

    [Test]
    public async Task WhatIsAskedFor_IsThereBeforeItIsSettled()
    {
        var id = await AskAsync(AuditAction.RunStart, "ada");

        Assert.That((await ListAsync()).Single().Outcome, Is.EqualTo(AuditOutcome.Asked));

        await _audit.SettleAsync(id, AuditOutcome.Refused, "It is broken.", default);

        Assert.That((await ListAsync()).Single(), Is.EqualTo(new AuditInfo
        {
            Id = id, At = Noon, Who = "ada", From = "127.0.0.1", Action = AuditAction.RunStart, Target = "A.Work", Outcome = AuditOutcome.Refused, Reason = "It is broken.",
        }));
    }

    [Test]
    public async Task Pages_FollowOneAnother_NewestFirst()
    {
        for (var i = 0; i < 5; i++)
        {
            await AskAsync(AuditAction.RunStart, $"{i}");
        }

        var first = await _audit.ListAsync(new AuditQuery { Limit = 3 }, default);
        var second = await _audit.ListAsync(new AuditQuery { Limit = 3, After = first.Next }, default);

        Assert.That(first.Items.Select(entry => entry.Who), Is.EqualTo(new[] { "4", "3", "2" }));
        Assert.That((second.Items.Select(entry => entry.Who), second.Next), Is.EqualTo((new[] { "1", "0" }, (string?)null)));
    }

    [Test]
    public async Task Filters_AreOfWhoAndOfWhat()
    {
        await AskAsync(AuditAction.RunStart, "ada");
        await AskAsync(AuditAction.RunCancel, "ada");
        await AskAsync(AuditAction.RunStart, "eve");

        Assert.That(await ListAsync(new AuditQuery { Who = "ADA", Action = AuditAction.RunStart }), Has.Exactly(1).Items);
        Assert.That(await ListAsync(new AuditQuery { Who = "ada" }), Has.Exactly(2).Items);
        Assert.That(await ListAsync(new AuditQuery { Action = AuditAction.RunStart }), Has.Exactly(2).Items);
    }

    [Test]
    public async Task ALongText_IsCut()
    {
        await AskAsync(AuditAction.RunStart, new string('x', 10_000));

        Assert.That((await ListAsync()).Single().Who, Has.Length.EqualTo(501).And.EndsWith("…"));
    }

    [Test]
    public async Task WhatIsOlderThanTheLimit_IsSwept()
    {
        await AskAsync(AuditAction.RunStart, "old");
        _time.Advance(TimeSpan.FromDays(1));
        await AskAsync(AuditAction.RunStart, "new");

        await new HistorySweep(Database).SweepAuditAsync(Noon.AddHours(1), default);

        Assert.That((await ListAsync()).Select(entry => entry.Who), Is.EqualTo(new[] { "new" }));
    }

    private Task<string> AskAsync(AuditAction action, string who) =>
        _audit.RecordAsync(new AuditRequest(action, who, "127.0.0.1", "A.Work"), AuditOutcome.Asked, null, default);

    private async Task<IReadOnlyList<AuditInfo>> ListAsync(AuditQuery? query = null) => (await _audit.ListAsync(query ?? new AuditQuery(), default)).Items;
}
