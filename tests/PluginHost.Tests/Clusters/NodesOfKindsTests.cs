using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using PluginHost.Cluster.Nodes;
using PluginHost.Cluster.Postgres;
using PluginHost.Cluster.Runs;
using PluginHost.Cluster.Scheduling;
using PluginHost.Crashes;
using PluginHost.History;
using PluginHost.Hosting;
using PluginHost.Scheduling;
using PluginHost.Scripts;
using PluginHost.Swapping;

namespace PluginHost.Tests.Clusters;

/// <summary>Runs that need a label, or are on every node. The node that stores them, and gives the schedules their turns, has no label.</summary>
public sealed class NodesOfKindsTests
{
    private readonly LiveRegistry _live = new();
    private readonly ObservedClock _time = new();
    private PostgresDatabase _database = null!;
    private PostgresSource _source = null!;
    private Node _plain = null!;
    private ClusterPlacement _placement = null!;

    [SetUp]
    public void Open()
    {
        _source = new PostgresSource(SharedPostgres.ConnectionString, $"test_{Guid.NewGuid():n}");
        _database = new PostgresDatabase(_source);
        _plain = NodeOf("plain");
        _placement = new ClusterPlacement(_plain, _live, Schedules, Make.RunFactory("plain"), Places, _source);
        var scripts = ScriptReader.Read("A", [typeof(OnGpu), typeof(Everywhere), typeof(OnEveryGpu)]).Scripts;
        _live.Swap(new LiveSnapshot([new LivePlugin("default", Make.DrainingVersions().Track(Make.Artifact("0123456789"), [.. scripts.Select(script => script.Descriptor)], () => throw new InvalidOperationException("It is not run.")), default)]));
    }

    [TearDown]
    public void Close()
    {
        _database.Dispose();
        _source.Dispose();
    }

    private EffectiveSchedules Schedules => new(new ScheduleOverrideStore(_database));

    [TestCase(RunTrigger.Manual)]
    [TestCase(RunTrigger.Schedule)]
    [TestCase(RunTrigger.Chain)]
    public async Task WhatNeedsALabel_GoesToANodeThatHasIt_WhoeverIsAsked(RunTrigger trigger)
    {
        await RegisterAsync("plain");
        await RegisterAsync("one", "GPU", "region=eu");

        for (var i = 0; i < 10; i++)
        {
            Assert.That((await AddAsync(nameof(OnGpu), trigger)).Node, Is.EqualTo("one"));
        }
    }

    [Test]
    public async Task WithoutANodeThatHasTheLabel_ARequestIsRefused_AndWhatFollowsARunWaits_UntilOneComesOrItIsCancelled()
    {
        await RegisterAsync("plain", "cpu");

        Assert.That(() => AddAsync(nameof(OnGpu), RunTrigger.Manual), Throws.TypeOf<ConflictException>().With.Message.Contains("no node that is up has the label 'gpu' (labels there are: cpu)"));
        var waiting = await AddAsync(nameof(OnGpu), RunTrigger.Chain);
        var unwanted = await AddAsync(nameof(OnGpu), RunTrigger.Chain);
        Assert.That((waiting.Node, unwanted.Node), Is.EqualTo(("", "")));

        await new Orders(_database, _plain, _source, _time).CancelAsync(unwanted, default);
        await RegisterAsync("one", "gpu");
        await RecoverAsync();

        Assert.That(Store.Find(waiting.Id), Has.Property("Node").EqualTo("one").And.Property("State").EqualTo(RunState.Queued));
        Assert.That(Store.Find(unwanted.Id)!.State, Is.EqualTo(RunState.Cancelled));
    }

    [Test]
    public async Task WithoutANodeThatHasTheLabel_DueTimesAreMissed_ButForTheLatest_WhichIsCaughtUpOnceOneIsThere()
    {
        await RegisterAsync("plain");
        await BeginAsync(nameof(OnGpu));
        for (var minute = 1; minute <= 4; minute++)
        {
            await TurnAsync(nameof(OnGpu), minute);
        }

        var missed = Ledger.Single();
        Assert.That((missed.Outcome, missed.Count, missed.Until), Is.EqualTo((OccurrenceOutcome.Missed, 3L, At(3))));
        Assert.That(missed.Reason, Does.Contain("label 'gpu'"));

        await RegisterAsync("one", "gpu");
        _time.Now = At(4).AddSeconds(30);
        await Turns.TakeAsync("A.OnGpu", KeyOf(nameof(OnGpu)), due: null, default);

        var run = Store.List(new RunQuery()).Items.Single();
        Assert.That((run.Node, run.Trigger, run.ScheduledFor), Is.EqualTo(("one", RunTrigger.CatchUp, (DateTimeOffset?)At(4))));
        Assert.That(Ledger.Select(row => row.Until), Is.EqualTo(new[] { At(4), At(3) }));
    }

    [Test]
    public async Task OnEveryNode_ADueTimeHasARunOnEachThatCan_AndOneRowOfTheLedger_WhichIsSettledByTheFirst()
    {
        await DrainAsync(await RegisterAsync("plain"));
        await RegisterAsync("one");
        await RegisterAsync("two");
        await BeginAsync(nameof(Everywhere));
        await TurnAsync(nameof(Everywhere), 1);

        var runs = Store.List(new RunQuery { FanOut = Ledger.Single().RunId }).Items;
        Assert.That(runs.Select(run => run.Node).Order(), Is.EqualTo(new[] { "one", "two" }));
        Assert.That(runs.Select(run => run.Id), Has.One.EqualTo(Ledger.Single().RunId));

        // The one that the ledger names does not begin.
        var first = runs.Single(run => run.Id == run.FanOut);
        await Store.EndAsync(first with { State = RunState.Cancelled, FinishedAt = At(1) }, [], default);
        Assert.That(Ledger.Single().Outcome, Is.EqualTo(OccurrenceOutcome.Pending));
        await Store.SaveAsync(runs.Single(run => run != first) with { State = RunState.Running, StartedAt = At(1) }, default);
        Assert.That(Ledger.Single().Outcome, Is.EqualTo(OccurrenceOutcome.Ran));
    }

    [Test]
    public async Task OnEveryNode_WhereNoneBegins_TheTimeIsMissed_AlsoWhenTheyEndAtOnce()
    {
        await DrainAsync(await RegisterAsync("plain"));
        await RegisterAsync("one");
        await RegisterAsync("two");
        await BeginAsync(nameof(Everywhere));
        await TurnAsync(nameof(Everywhere), 1);
        using var otherDatabase = new PostgresDatabase(SharedPostgres.ConnectionString, _source.Schema);
        var other = new RunStore(otherDatabase, _placement, _time);

        var runs = Store.List(new RunQuery()).Items;
        await Task.WhenAll(runs.Select((run, i) => (i == 0 ? Store : other).EndAsync(run with { State = RunState.Cancelled, FinishedAt = At(1) }, [], default)));

        Assert.That(Ledger.Single().Outcome, Is.EqualTo(OccurrenceOutcome.Missed));
    }

    [Test]
    public async Task OnEveryNode_OverlapIsEachNodesOwn()
    {
        await DrainAsync(await RegisterAsync("plain"));
        await RegisterAsync("one");
        await RegisterAsync("two");
        await BeginAsync(nameof(Everywhere));
        await TurnAsync(nameof(Everywhere), 1);
        var ended = Store.List(new RunQuery()).Items.Single(run => run.Node == "two");
        await Store.EndAsync(ended with { State = RunState.Succeeded, StartedAt = At(1), FinishedAt = At(1) }, [], default);

        await TurnAsync(nameof(Everywhere), 2);
        Assert.That(Store.List(new RunQuery { FanOut = Ledger[0].RunId }).Items.Select(run => run.Node), Is.EqualTo(new[] { "two" }));

        await TurnAsync(nameof(Everywhere), 3);
        Assert.That(Ledger[0].Outcome, Is.EqualTo(OccurrenceOutcome.SkippedOverlap));
        Assert.That(Ledger[0].Reason, Does.Contain("on each of 2 nodes"));
    }

    [Test]
    public async Task OnEveryNode_ARequestFansOut_AndAnswersTheRunOfTheNodeThatWasAsked()
    {
        await RegisterAsync("plain");
        await RegisterAsync("one", "gpu");
        await RegisterAsync("two", "gpu");

        var run = await AddAsync(nameof(Everywhere), RunTrigger.Manual);
        Assert.That((run.Node, run.FanOut), Is.EqualTo(("plain", run.Id)));
        Assert.That(Store.List(new RunQuery { FanOut = run.Id }).Items.Select(each => each.Node).Order(), Is.EqualTo(new[] { "one", "plain", "two" }));

        var labelled = await AddAsync(nameof(OnEveryGpu), RunTrigger.Manual);
        Assert.That(labelled.Id, Is.EqualTo(labelled.FanOut));
        Assert.That(Store.List(new RunQuery { FanOut = labelled.Id }).Items.Select(each => each.Node).Order(), Is.EqualTo(new[] { "one", "two" }));
    }

    [Test]
    public async Task OnEveryNode_TheRunsOfANodeThatDies_AreNotMoved()
    {
        await RegisterAsync("plain");
        await RegisterAsync("one");
        var run = await AddAsync(nameof(Everywhere), RunTrigger.Manual);
        var waiting = Store.List(new RunQuery { FanOut = run.Id }).Items.Single(each => each.Node == "one");
        var second = await AddAsync(nameof(Everywhere), RunTrigger.Manual);
        var running = Store.List(new RunQuery { FanOut = second.Id }).Items.Single(each => each.Node == "one");
        await Store.SaveAsync(running with { State = RunState.Running, Version = "v", StartedAt = At(1) }, default);

        await _database.WriteAsync(connection => NodeStore.Bury(connection, "one", TimeSpan.FromSeconds(-1)), default);
        await RecoverAsync();

        Assert.That(Store.Find(running.Id), Has.Property("State").EqualTo(RunState.Lost).And.Property("Node").EqualTo("one"));
        Assert.That(Store.Find(waiting.Id), Has.Property("State").EqualTo(RunState.Cancelled).And.Property("Error").Property("Type").EqualTo("NodeGone"));
        Assert.That(Store.List(new RunQuery()).Items, Has.Count.EqualTo(4), "nothing in their place, although the script says RerunWhenLost");
    }

    private ClusterPlaces Places => Make.Places(_plain, _database, _source);

    private RunStore Store => new(_database, _placement, _time);

    private ScheduleTurns Turns => new(
        _database, _live, Schedules, new ScheduleOverrideStore(_database), new SelfStarts(new ScriptStateStore(_database), Quarantines, new SafeMode(Options.Create(new PluginHostOptions()), new HostProblems(), new PreviousDeath((string?)null))),
        Make.RunFactory("plain"), _placement, new Orders(_database, _plain, _source, _time), null!, new HostEvents(), _time, NullLogger<ScheduleTurns>.Instance);

    private Quarantines Quarantines => new(
        new CrashStore(_database), _live, new HostProblems(), new HostEvents(), new PreviousDeath((string?)null), Options.Create(new PluginHostOptions()), _time, NullLogger<Quarantines>.Instance);

    /// <summary>The latest first.</summary>
    private IReadOnlyList<OccurrenceInfo> Ledger => new OccurrenceStore(_database).List(new OccurrenceQuery()).Items;

    private Task BeginAsync(string script)
    {
        _time.Now = At(0);
        return new ScheduleMarks(_database, new ScriptStateStore(_database), _time).SetAsync($"A.{script}", Schedules.Of(_live.Current.Scripts[$"A.{script}"].Descriptor), [], default);
    }

    private Task TurnAsync(string script, int minute)
    {
        _time.Now = At(minute);
        return Turns.TakeAsync($"A.{script}", KeyOf(script), At(minute), default);
    }

    private Task<bool> RecoverAsync() => new NodeRecovery(
        _database, _plain, _live, Make.RunFactory("plain"), Quarantines, null!, Places, _source, new HostEvents(), Options.Create(new ClusterOptions()), Options.Create(new PluginHostOptions()), _time,
        NullLogger<NodeRecovery>.Instance).RecoverAsync(default);

    private string KeyOf(string script) => Schedules.Of(_live.Current.Scripts[$"A.{script}"].Descriptor).Single().Key;

    private Task<RunInfo> AddAsync(string script, RunTrigger trigger) => Store.AddAsync(Make.RunFactory("plain").Create(_live.Current.Scripts[$"A.{script}"], trigger), null, default);

    private async Task<string> RegisterAsync(string name, params string[] labels)
    {
        var node = NodeOf(name);
        await _database.WriteAsync(
            connection =>
            {
                NodeStore.Register(connection, node.Id, node.Incarnation, new NodeReport("0.1.0", 0, 0, 0, [.. _live.Current.Plugins.Values.Select(LiveOnNode.Of)]) { Labels = labels });
                return true;
            },
            default);
        return name;
    }

    private async Task DrainAsync(string node) => Assert.That(await new NodeStore(_database).SetDrainingAsync(node, true, default), Is.True);

    private static DateTimeOffset At(int minute) => new(2026, 1, 1, 12, minute, 0, TimeSpan.Zero);

    private static Node NodeOf(string name) => new(Options.Create(new PluginHostOptions { NodeName = name }));

    [Script(NodeLabel = "gpu"), Schedule("* * * * *")]
    public sealed class OnGpu : IScript
    {
        public Task RunAsync(ScriptContext context, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    [Script(RunOn = RunOn.EveryNode, RerunWhenLost = true), Schedule("* * * * *")]
    public sealed class Everywhere : IScript
    {
        public Task RunAsync(ScriptContext context, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    [Script(RunOn = RunOn.EveryNode, NodeLabel = "gpu")]
    public sealed class OnEveryGpu : IScript
    {
        public Task RunAsync(ScriptContext context, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class ObservedClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = At(0);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
