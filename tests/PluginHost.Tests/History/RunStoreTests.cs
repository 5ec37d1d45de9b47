using Microsoft.Extensions.Time.Testing;
using PluginHost.History;
using PluginHost.Running;

namespace PluginHost.Tests.History;

public sealed class RunStoreTests(DatabaseKind kind) : OnEachDatabase(kind)
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private RunStore _store = null!;

    [SetUp]
    public void SetUp()
    {
        _store = new RunStore(Database, SingleNode.Instance, _time);
    }

    [Test]
    public async Task List_AnswersPages_NewestFirst_AndFilters()
    {
        for (var i = 1; i <= 5; i++)
        {
            await _store.AddAsync(Run($"{i}", i % 2 == 0 ? "A.Even" : "A.Odd"), null, default);
        }

        var first = _store.List(new RunQuery { Script = "a.odd", Limit = 2 });
        var second = _store.List(new RunQuery { Script = "a.odd", Limit = 2, After = first.Next });

        Assert.Multiple(() =>
        {
            Assert.That(first.Items.Select(run => run.Id), Is.EqualTo(new[] { "5", "3" }));
            Assert.That(second.Items.Select(run => run.Id), Is.EqualTo(new[] { "1" }));
            Assert.That(second.Next, Is.Null);
            Assert.That(_store.Last(new Dictionary<string, RunInfo>()).Select(run => run.Id), Is.EquivalentTo(new[] { "4", "5" }));
        });
    }

    [Test]
    public async Task ARunThatWasTakenForLost_StaysLost_WhateverItsNodeSays()
    {
        var run = Run("1") with { State = RunState.Running };
        await _store.AddAsync(run, null, default);
        await _store.RecoverAsync(null, (_, _) => { }, _ => null, default);

        Assert.That(await _store.EndAsync(run with { State = RunState.Succeeded }, [Run("2")], default), Is.Null);
        Assert.That(_store.Find("1")!.State, Is.EqualTo(RunState.Lost));
        Assert.That(_store.Find("2"), Is.Null, "nothing follows");
    }

    [Test]
    public async Task ARunThatAnotherNodeHasTakenOver_DoesNotBeginOnTheFirst()
    {
        var run = Run("1");
        await _store.AddAsync(run, null, default);
        var moved = await Database.WriteAsync(connection => RunStore.Move(connection, run, "other"), default);
        var store = new RunStore(Database, new OneOfSeveral(), _time);

        Assert.That(await store.SaveAsync(run with { State = RunState.Running }, default), Is.False);
        Assert.That(await store.SaveAsync(moved with { State = RunState.Running }, default), Is.True);
    }

    [Test]
    public async Task TheSameIdempotencyKey_AnswersTheFirstRun_ForADay()
    {
        await _store.AddAsync(Run("1"), new RequestKey("key", "request"), default);
        Assert.That((await _store.AddAsync(Run("2"), new RequestKey("key", "request"), default)).Id, Is.EqualTo("1"));
        Assert.That((await _store.AddAsync(Run("3", "A.Other"), new RequestKey("key", "request"), default)).Id, Is.EqualTo("3"), "keys are each script's own");

        _time.Advance(TimeSpan.FromHours(25));
        Assert.That((await _store.AddAsync(Run("4"), new RequestKey("key", "request"), default)).Id, Is.EqualTo("4"));
    }

    [Test]
    public async Task TheSameIdempotencyKey_ForAnotherRequest_IsAConflict_AndStoresNothing()
    {
        await _store.AddAsync(Run("1"), new RequestKey("key", "request"), default);

        Assert.That(
            () => _store.AddAsync(Run("2"), new RequestKey("key", "another"), default),
            Throws.InstanceOf<ConflictException>().With.Message.StartsWith("The Idempotency-Key 'key' was used for run 1, with other parameters, another version or another time, so nothing was started."));
        Assert.That(_store.Find("2"), Is.Null);
    }

    [Test]
    public async Task AfterACrash_WhatWasUnderWay_IsLost_WhatWaited_Waits_AndWhatHadEnded_HasEnded()
    {
        await _store.AddAsync(Run("1"), null, default);
        await _store.AddAsync(Run("2") with { State = RunState.Running }, null, default);
        await _store.AddAsync(Run("3") with { State = RunState.Succeeded }, null, default);
        await _store.AddAsync(Run("4"), null, default);

        var (lost, waiting) = await _store.RecoverAsync(null, (_, _) => { }, run => Run("5") with { FirstRun = run.Id }, default);

        Assert.That(lost.Select(run => run.Id), Is.EqualTo(new[] { "2" }));
        Assert.That(waiting.Select(run => run.Id), Is.EqualTo(new[] { "1", "4", "5" }), "the retry of the lost one is stored with it");
        Assert.That(new[] { "1", "2", "3" }.Select(id => _store.Find(id)!.State), Is.EqualTo(new[] { RunState.Queued, RunState.Lost, RunState.Succeeded }));
        Assert.That(_store.Find("5")!.FirstRun, Is.EqualTo("2"));
    }

    private RunInfo Run(string id, string script = "A.Work") => new()
    {
        Id = id, Script = script, Plugin = "A", Trigger = RunTrigger.Manual, QueuedAt = _time.GetUtcNow(), State = RunState.Queued, Attempt = 1, Node = "node",
    };

    private sealed class OneOfSeveral : IRunPlacement
    {
        public bool IsAlone => false;

        public bool IsHere(RunInfo run) => true;

        public string? RefuseHere(string? label) => null;

        public IReadOnlyList<RunInfo> Place(HistoryConnection connection, RunInfo run) => [run];

        public void Ended(HistoryConnection connection, RunInfo run)
        {
        }
    }
}
