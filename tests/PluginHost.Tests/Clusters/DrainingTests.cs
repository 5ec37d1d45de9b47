using Microsoft.Extensions.Options;
using PluginHost.Cluster.Nodes;
using PluginHost.Cluster.Postgres;
using PluginHost.Cluster.Runs;
using PluginHost.Hosting;
using PluginHost.Scheduling;
using PluginHost.Swapping;
using PluginHost.History;

namespace PluginHost.Tests.Clusters;

/// <summary>A node that an operator keeps from new runs, as the others and it itself place them.</summary>
public sealed class DrainingTests
{
    private readonly LiveRegistry _live = new();
    private PostgresDatabase _database = null!;
    private PostgresSource _source = null!;
    private NodeStore _nodes = null!;
    private Node _one = null!;
    private Node _other = null!;

    [SetUp]
    public async Task Open()
    {
        _source = new PostgresSource(SharedPostgres.ConnectionString, $"test_{Guid.NewGuid():n}");
        _database = new PostgresDatabase(_source);
        _nodes = new NodeStore(_database);
        (_one, _other) = (NodeOf("one"), NodeOf("other"));
        var plugin = new LivePlugin("default", Make.DrainingVersions().Track(Make.Artifact("0123456789"), [], () => throw new InvalidOperationException("It is not run.")), default);
        _live.Swap(new LiveSnapshot([plugin]));
        await RegisterAsync(_one, isLive: true);
        await RegisterAsync(_other, isLive: true);
    }

    [TearDown]
    public void Close()
    {
        _database.Dispose();
        _source.Dispose();
    }

    [Test]
    public async Task TheRunsOfSchedules_GoToTheOtherNodes([Values] bool isTurnOfTheDrained)
    {
        await DrainAsync(_one);

        for (var i = 0; i < 20; i++)
        {
            Assert.That((await AddAsync(isTurnOfTheDrained ? _one : _other, RunTrigger.Schedule, $"{i:00}")).Node, Is.EqualTo("other"));
        }
    }

    [Test]
    public async Task ARunByHand_GoesToAnotherNodeThatHasTheVersion()
    {
        await DrainAsync(_one);

        Assert.That((await AddAsync(_one, RunTrigger.Manual, "1")).Node, Is.EqualTo("other"));
    }

    [Test]
    public async Task ARunByHandThatNobodyElseCanTake_IsRefused_AndWhatHasBegunIsSeenThrough()
    {
        await RegisterAsync(_other, isLive: false);
        await DrainAsync(_one);

        Assert.That(() => AddAsync(_one, RunTrigger.Manual, "1"), Throws.TypeOf<ConflictException>().With.Message.Contains("'one' is being drained").And.Message.Contains("--undo"));
        Assert.That((await AddAsync(_one, RunTrigger.Retry, "2")).Node, Is.EqualTo("one"));
    }

    [Test]
    public async Task ATurnOfASchedule_ThatNobodyElseCanTakeYet_IsLeftToOthers()
    {
        await RegisterAsync(_other, isLive: false);
        await DrainAsync(_one);

        Assert.That(() => AddAsync(_one, RunTrigger.Schedule, "1"), Throws.TypeOf<LeftToOthersException>());
        Assert.That(await _database.WriteAsync(connection => RunStore.Waiting(connection), default), Is.Empty);
    }

    [Test]
    public async Task ItHolds_AlsoWhenTheNodeIsStartedAnew_UntilItIsUndone()
    {
        await DrainAsync(_one);
        await RegisterAsync(_one, isLive: true);
        var shown = new ClusterNodes(_nodes, _other, _live, new HostEvents());
        Assert.That(shown.List().Select(node => (node.Id, node.IsDraining)), Is.EqualTo(new[] { ("one", true), ("other", false) }));

        Assert.That((await shown.SetDrainingAsync("ONE", false, default)).IsDraining, Is.False);
        Assert.That(() => shown.SetDrainingAsync("third", true, default), Throws.TypeOf<NotFoundException>());
    }

    [Test]
    public async Task HowFarAVersionHasCome_IsToldByWhatWasHeardLast()
    {
        var events = new HostEvents();
        var shown = new ClusterNodes(_nodes, _one, _live, events);
        shown.Heard(_nodes.List());
        Assert.That(shown.RolloutOf("a")!.LiveOn, Is.EqualTo(2));

        await RegisterAsync(_other, isLive: false);
        shown.Heard(_nodes.List());

        var rollout = shown.RolloutOf("A")!;
        Assert.That((rollout.LiveOn, rollout.NodesUp), Is.EqualTo((1, 2)));
        Assert.That(rollout.Nodes, Is.EqualTo(new[] { new NodeVersionInfo("one", "ccccccc-01234567"), new NodeVersionInfo("other", null) }));
    }

    [Test]
    public async Task WhatWasPlacedOnIt_AndItHasNotHeardOf_Counts()
    {
        await AddAsync(_one, RunTrigger.Manual, "1");
        await AddAsync(_other, RunTrigger.Manual, "2");
        await DrainAsync(_one);

        Assert.That(new ClusterNodes(_nodes, _other, _live, new HostEvents()).List().Select(node => (node.Id, node.RunningRuns, node.QueuedRuns)), Is.EqualTo(new[] { ("one", 0, 1), ("other", 0, 0) }));
    }

    [Test]
    public async Task WhoTakesTurnsNoMore_IsToldOnce_SoThatAVersionIsFoundThatSomebodyHas()
    {
        var shown = new ClusterNodes(_nodes, _one, _live, new HostEvents());
        Assert.That(shown.Heard(_nodes.List()), Is.True, "this node has come");
        Assert.That(shown.Heard(_nodes.List()), Is.False);

        await DrainAsync(_other);
        Assert.That(shown.Heard(_nodes.List()), Is.True, "the other is drained");
        Assert.That(shown.Heard(_nodes.List()), Is.False);

        await _nodes.SetDrainingAsync(_other.Id, false, default);
        Assert.That(shown.Heard(_nodes.List()), Is.False, "there is one more");

        await _database.WriteAsync(connection => { NodeStore.Leave(connection, _other.Id, _other.Incarnation); return true; }, default);
        Assert.That(shown.Heard(_nodes.List()), Is.True, "it has stopped");
    }

    private async Task DrainAsync(Node node)
    {
        Assert.That(await _nodes.SetDrainingAsync(node.Id, true, default), Is.True);
        node.IsDraining = true;
    }

    private Task<RunInfo> AddAsync(Node node, RunTrigger trigger, string id) =>
        new RunStore(_database, new ClusterPlacement(node, _live, new EffectiveSchedules(new ScheduleOverrideStore(_database)), Make.RunFactory(), Make.Places(node, _database, _source), _source), TimeProvider.System).AddAsync(
            new RunInfo { Id = id, Script = $"A.Work{id}", Plugin = "A", Trigger = trigger, QueuedAt = DateTimeOffset.UnixEpoch, State = RunState.Queued, Attempt = 1, Node = "" }, null, default);

    private Task<bool> RegisterAsync(Node node, bool isLive) => _database.WriteAsync(
        connection =>
        {
            NodeStore.Register(connection, node.Id, node.Incarnation, new NodeReport("0.1.0", 0, 0, 0, isLive ? [.. _live.Current.Plugins.Values.Select(LiveOnNode.Of)] : []));
            return true;
        },
        default);

    private static Node NodeOf(string name) => new(Options.Create(new PluginHostOptions { NodeName = name }));
}
