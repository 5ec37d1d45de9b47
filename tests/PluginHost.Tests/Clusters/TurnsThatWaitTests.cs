using Microsoft.Extensions.Logging.Abstractions;
using PluginHost.Cluster.Nodes;
using PluginHost.Cluster.Scheduling;
using PluginHost.History;
using PluginHost.Hosting;

namespace PluginHost.Tests.Clusters;

/// <summary>Turns of schedules that no node can take at once, that are long, or that fail.</summary>
public sealed class TurnsThatWaitTests : NodesOfKinds
{
    private static readonly TimeSpan HangLimit = TimeSpan.FromMinutes(1);

    [Test]
    public async Task ATimeThatWaitsForANode_IsMissed_WhenItsScheduleGoes()
    {
        await RegisterAsync("plain");
        await BeginAsync(nameof(OnGpu));
        await TurnAsync(nameof(OnGpu), 1);
        Assert.That(Ledger, Is.Empty);

        await Marks.SetAsync("A.OnGpu", [], Schedules.Of(Live.Current.Scripts["A.OnGpu"].Descriptor), default);

        var missed = Ledger.Single();
        Assert.That((missed.Outcome, missed.Due, missed.Count), Is.EqualTo((OccurrenceOutcome.Missed, At(1), 1L)));
        Assert.That(missed.Reason, Does.Contain("changed or removed before a node could take it"));
    }

    [Test]
    public async Task ATimeThatNoNodeCanTake_IsNotDecidedOnAtOnce_AndIsOnTimeWhereOneCanAMomentLater()
    {
        await RegisterAsync("plain");
        await BeginAsync(nameof(OnGpuOrNever));
        await TurnAsync(nameof(OnGpuOrNever), 1);
        Assert.That(Ledger, Is.Empty, "the schedule catches nothing up, so that it would be missed");

        await RegisterAsync("one", "gpu");
        await TakeAgainAsync(nameof(OnGpuOrNever), At(1).AddSeconds(2));

        var run = Store.List(new RunQuery()).Items.Single();
        Assert.That((run.Node, run.Trigger, run.ScheduledFor), Is.EqualTo(("one", RunTrigger.Schedule, (DateTimeOffset?)At(1))));
    }

    [Test]
    public async Task ATimeThatNoNodeCanTake_IsMissed_OnceANodeThatWasSilentWouldBeTakenForDead()
    {
        await RegisterAsync("plain");
        await BeginAsync(nameof(OnGpuOrNever));
        await TurnAsync(nameof(OnGpuOrNever), 1);
        await TakeAgainAsync(nameof(OnGpuOrNever), At(1).AddSeconds(6));

        Assert.That((Ledger.Single().Outcome, Ledger.Single().Due), Is.EqualTo((OccurrenceOutcome.Missed, At(1))));
        Assert.That(Ledger.Single().Reason, Does.Contain("label 'gpu'"));
    }

    [Test]
    public async Task ATimeThatWasSetAside_IsLookedAtAgain_ThoughNoNodeHasCome()
    {
        await RegisterAsync("plain");
        await BeginAsync(nameof(OnGpuOrNever));
        using var sweep = SweepOf(out _);
        await sweep.StartAsync(default);
        await TurnAsync(nameof(OnGpuOrNever), 1);
        Assert.That(Ledger, Is.Empty);

        // As one that was late to check in; nobody is told.
        await RegisterAsync("one", "gpu");

        await UntilAsync(() => Ledger.Count == 1);
        Assert.That(Ledger.Single().RunId, Is.Not.Null);
        await sweep.StopAsync(default);
    }

    [Test]
    public async Task TheNodeThatGivesTheTurn_CanTakeIt_WhateverItsRowStillSays()
    {
        await RegisterAsync("one");
        await Database.WriteAsync(
            connection =>
            {
                NodeStore.Register(connection, Plain.Id, Plain.Incarnation, new NodeReport("0.1.0", 0, 0, 0, [new LiveOnNode("A", "before", "fedcba9876")]));
                return connection.Run("UPDATE nodes SET last_check_in = started_at - 3000");
            },
            default);

        var run = Make.RunFactory("plain").Create(Live.Current.Scripts["A.Everywhere"], RunTrigger.Schedule);
        Assert.That(Database.Read(connection => Placement.Able(connection, run)).Select(node => node.Id), Is.EqualTo(new[] { "plain" }), "the other one has been silent for 3 s");
    }

    [Test]
    public async Task WhatIsCaughtUp_IsStoredInSeveralTransactions()
    {
        await DrainAsync(await RegisterAsync("plain"));
        await RegisterAsync("one");
        await BeginAsync(nameof(EverywhereMadeUpFor));
        await TakeAgainAsync(nameof(EverywhereMadeUpFor), At(0).AddSeconds((119 * 60) + 30));

        Assert.That(Store.List(new RunQuery { Limit = 500 }).Items.Select(run => run.ScheduledFor).Distinct().Count(), Is.EqualTo(119));
        Assert.That(Database.Read(connection => connection.Query("SELECT COUNT(DISTINCT xmin::text) FROM runs", reader => reader.GetInt64(0))), Is.EqualTo(new[] { 3L }));
        Assert.That(Ledger.Count(row => row.Outcome == OccurrenceOutcome.Pending), Is.EqualTo(Ledger.Count));
    }

    [Test]
    public async Task WhereNothingNewStarts_TheLastRunGoesOn_ThoughTheNewOneCancelsThePrevious()
    {
        await DrainAsync(await RegisterAsync("plain"));
        await RegisterAsync("one");
        await RegisterAsync("two");
        await BeginAsync(nameof(EverywhereAnew));
        await TurnAsync(nameof(EverywhereAnew), 1);
        var first = Store.List(new RunQuery()).Items;
        await DrainAsync("two");
        await TurnAsync(nameof(EverywhereAnew), 2);

        Assert.That(
            Database.Read(connection => connection.Query("SELECT run FROM run_orders", reader => reader.GetString(0))),
            Is.EqualTo(new[] { first.Single(run => run.Node == "one").Id }));
    }

    [TestCase(nameof(OnGpu), nameof(Everywhere))]
    [TestCase(nameof(Everywhere), nameof(OnGpu))]
    public async Task ATurnThatFails_DoesNotKeepThoseOfOtherScriptsFromTheirs(string failing, string other)
    {
        await DrainAsync(await RegisterAsync("plain"));
        await BeginAsync(nameof(OnGpu));
        await BeginAsync(nameof(Everywhere));
        await RefuseAsync(failing);
        using var sweep = SweepOf(out var nodes);
        await sweep.StartAsync(default);
        Now = At(1);
        await RegisterAsync("one", "gpu");
        nodes.Heard(new NodeStore(Database).List());

        await UntilAsync(() => Ledger.Any(row => row.Script == $"A.{other}"));
        await Turns.ResumeAsync($"A.{failing}", default);
        Assert.That(Ledger.Select(row => row.Script), Has.None.EqualTo($"A.{failing}"));
        await sweep.StopAsync(default);
    }

    private Task TakeAgainAsync(string script, DateTimeOffset now)
    {
        Now = now;
        return Turns.TakeOnceAsync($"A.{script}", KeyOf(script), default);
    }

    private ScheduleSweep SweepOf(out ClusterNodes nodes)
    {
        nodes = new ClusterNodes(new NodeStore(Database), Plain, Live, new HostEvents());
        return new ScheduleSweep(Live, Schedules, new ScheduleStore(Database), SelfStarts, Turns, Plain, nodes, Time, NullLogger<ScheduleSweep>.Instance);
    }

    /// <summary>From now on the database takes no row of the ledger for a script.</summary>
    private Task<int> RefuseAsync(string script) => Database.WriteAsync(
        connection => connection.Run(
            $"""
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not this one'; END $$;
            CREATE TRIGGER refuse BEFORE INSERT ON occurrences FOR EACH ROW WHEN (NEW.script = 'A.{script}') EXECUTE FUNCTION refuse()
            """),
        default);

    private static async Task UntilAsync(Func<bool> isSo)
    {
        using var limit = new CancellationTokenSource(HangLimit);
        while (!isSo())
        {
            await Task.Delay(20, limit.Token);
        }
    }
}
