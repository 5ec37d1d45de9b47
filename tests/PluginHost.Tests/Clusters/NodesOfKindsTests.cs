using PluginHost.Cluster.Nodes;
using PluginHost.Cluster.Postgres;
using PluginHost.Cluster.Runs;
using PluginHost.History;

namespace PluginHost.Tests.Clusters;

/// <summary>Runs that need a label, or are on every node.</summary>
public sealed class NodesOfKindsTests : NodesOfKinds
{
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

        await Orders.CancelAsync(unwanted, default);
        await RegisterAsync("one", "gpu");
        await RecoverAsync();

        Assert.That(Store.Find(waiting.Id), Has.Property("Node").EqualTo("one").And.Property("State").EqualTo(RunState.Queued));
        Assert.That(Store.Find(unwanted.Id)!.State, Is.EqualTo(RunState.Cancelled));
        Assert.That(Store.List(new RunQuery { Script = "A.AfterOnGpu" }).Items.Single(), Has.Property("Node").EqualTo("plain").And.Property("State").EqualTo(RunState.Queued), "what runs after it, however it ended");
    }

    [Test]
    public async Task ARunThatWaitsForALabel_CostsNoChange_WhenANodeIsLookedFor()
    {
        await RegisterAsync("plain");
        await AddAsync(nameof(OnGpu), RunTrigger.Chain);
        long Turns() => Database.Read(connection => connection.Query("SELECT COALESCE(SUM(turns), 0) FROM script_turns", reader => reader.GetInt64(0))).Single();
        var before = Turns();
        await RecoverAsync();
        Assert.That(Turns(), Is.EqualTo(before));
    }

    [Test]
    public async Task OnEveryNode_AnOlderVersion_IsRefused_AndItSaysThatOnlyTheLiveOneCan()
    {
        await RegisterAsync("plain");
        var run = Make.RunFactory("plain").Create(Live.Current.Scripts["A.Everywhere"], RunTrigger.Manual) with { Version = "0000000-00000000" };
        Assert.That(() => Store.AddAsync(run, null, default), Throws.TypeOf<ConflictException>().With.Message.Contains("only the live version").And.Message.Contains("0000000-00000000"));
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
        Now = At(4).AddSeconds(30);
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
        using var otherDatabase = new PostgresDatabase(SharedPostgres.ConnectionString, Source.Schema);
        var other = new RunStore(otherDatabase, Placement, Time);

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

        await Database.WriteAsync(connection => NodeStore.Bury(connection, "one", TimeSpan.FromMinutes(-20)), default);
        await RecoverAsync();

        Assert.That(Store.Find(running.Id), Has.Property("State").EqualTo(RunState.Lost).And.Property("Node").EqualTo("one"));
        Assert.That(Store.Find(waiting.Id), Has.Property("State").EqualTo(RunState.Cancelled).And.Property("Error").Property("Type").EqualTo("NodeGone"));
        Assert.That(Store.List(new RunQuery()).Items, Has.Count.EqualTo(4), "nothing in their place, although the script says RerunWhenLost");
    }
}
