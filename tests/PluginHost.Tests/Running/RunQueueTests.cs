using PluginHost.Running;

namespace PluginHost.Tests.Running;

public sealed class RunQueueTests
{
    private readonly Dictionary<string, IReadOnlyList<RunLimitRule>> _rules = [];
    private readonly RunQueue _queue;

    public RunQueueTests() => _queue = new RunQueue(run => _rules[run.Id]);

    [Test]
    public void BeyondTheBoundOfTheHost_RunsWait_AndStartWhenAPlaceIsFree()
    {
        var first = Run("A.One");
        Assert.That(_queue.Enqueue(first), Is.EqualTo(new[] { first }));
        _queue.Enqueue(Run("A.Two"));
        var third = Run("A.Three");

        Assert.That(_queue.Enqueue(third), Is.Empty);
        Assert.That(_queue.Counts, Is.EqualTo((2, 1)));
        Assert.That(_queue.Release(first), Is.EqualTo(new[] { third }));
        Assert.That(_queue.Counts, Is.EqualTo((2, 0)));
    }

    [Test]
    public void RunsAskedForByHand_GoFirst()
    {
        var first = Run("A.One");
        _queue.Enqueue(first);
        _queue.Enqueue(Run("A.Two"));
        _queue.Enqueue(Run("A.Three", RunTrigger.Schedule));
        var byHand = Run("A.Four");
        _queue.Enqueue(byHand);

        Assert.That(_queue.Release(first), Is.EqualTo(new[] { byHand }));
    }

    [Test]
    public void AnExclusiveRun_WaitsForTheOthersOfItsScript_AndHoldsNobodyElseUp()
    {
        var going = Run("A.One");
        _queue.Enqueue(going);
        var exclusive = Run("a.one", RunTrigger.Schedule, exclusive: true);

        Assert.That(_queue.Enqueue(exclusive), Is.Empty);
        Assert.That(_queue.Enqueue(Run("A.Two")), Has.Count.EqualTo(1));
        Assert.That(_queue.Release(going), Is.EqualTo(new[] { exclusive }));
    }

    [Test]
    public void RunsOfAGroup_ShareItsPlaces_AndHoldNobodyElseUp()
    {
        var first = Run("A.One", group: "database");
        _queue.Enqueue(first);
        var second = Run("B.Two", group: "Database");

        Assert.That(_queue.Enqueue(second), Is.Empty);
        Assert.That(_queue.Enqueue(Run("B.Three")), Has.Count.EqualTo(1));
        Assert.That(_queue.Release(first), Is.EqualTo(new[] { second }));
    }

    [Test]
    public void AFreedPlace_ThatTheFirstInLineCannotUse_GoesToTheNext()
    {
        var (host, group) = (Run("A.One"), Run("A.Two", group: "database"));
        _queue.Enqueue(host);
        _queue.Enqueue(group);
        var ofTheGroup = Run("A.Three", group: "database");
        var other = Run("A.Four");
        _queue.Enqueue(ofTheGroup);
        _queue.Enqueue(other);

        Assert.That(_queue.Release(host), Is.EqualTo(new[] { other }));
        Assert.That(_queue.Release(group), Is.EqualTo(new[] { ofTheGroup }));
    }

    [Test]
    public void AFreedPlace_GoesToTheRunByHand_ThoughAnotherWaitedWhereItBecameFreeToo()
    {
        var (first, second) = (Run("A.One", most: 1), Run("A.Two"));
        _queue.Enqueue(first);
        _queue.Enqueue(second);
        var scheduled = Run("A.One", RunTrigger.Schedule, most: 1);
        var byHand = Run("A.Three");
        _queue.Enqueue(scheduled);
        _queue.Enqueue(byHand);

        Assert.That(_queue.Release(first), Is.EqualTo(new[] { byHand }));
        Assert.That(_queue.Release(second), Is.EqualTo(new[] { scheduled }));
    }

    [Test]
    public void ARunThatWaitsToBeAlone_HoldsUpNoOtherOfItsScript()
    {
        var (first, second) = (Run("A.One", most: 2), Run("A.One", most: 2));
        _queue.Enqueue(first);
        _queue.Enqueue(second);
        var alone = Run("A.One", RunTrigger.Schedule, exclusive: true, most: 2);
        var beside = Run("A.One", RunTrigger.Schedule, most: 2);
        _queue.Enqueue(alone);
        _queue.Enqueue(beside);

        Assert.That(_queue.Release(first), Is.EqualTo(new[] { beside }));
        Assert.That(_queue.Release(second), Is.Empty);
        Assert.That(_queue.Release(beside), Is.EqualTo(new[] { alone }));
    }

    [Test]
    public void ARunThatWaitsToBeAlone_IsPassedWhileOneThatCameBeforeItGoes_AndNoLonger()
    {
        var going = Run("A.One");
        _queue.Enqueue(going);
        var alone = Run("A.One", RunTrigger.Schedule, exclusive: true);
        _queue.Enqueue(alone);
        var passing = Run("A.One");
        Assert.That(_queue.Enqueue(passing), Is.EqualTo(new[] { passing }));
        Assert.That(_queue.Release(going), Is.Empty);

        var late = Run("A.One");
        Assert.That(_queue.Enqueue(late), Is.Empty, "or a stream of such runs would let it wait for ever");
        Assert.That(_queue.Release(passing), Is.EqualTo(new[] { alone, late }));
    }

    [Test]
    public void ARunThatWaitsToBeAlone_LetsOneRunByHandGoFirst_AndNotAllOfThem()
    {
        var going = Run("A.One", most: 1);
        _queue.Enqueue(going);
        var alone = Run("A.One", RunTrigger.Schedule, exclusive: true, most: 1);
        var (first, second) = (Run("A.One", most: 1), Run("A.One", most: 1));
        _queue.Enqueue(alone);
        _queue.Enqueue(first);
        _queue.Enqueue(second);

        Assert.That(_queue.Release(going), Is.EqualTo(new[] { first }));
        Assert.That(_queue.Release(first), Is.EqualTo(new[] { alone }));
        Assert.That(_queue.Release(alone), Is.EqualTo(new[] { second }));
    }

    [Test]
    public void WhenOneThatWaitsToBeAlone_IsTakenOut_ThoseThatItHeldBackStart()
    {
        var going = Run("A.One");
        _queue.Enqueue(going);
        var alone = Run("A.One", RunTrigger.Schedule, exclusive: true);
        _queue.Enqueue(alone);
        _queue.Enqueue(Run("A.One"));
        _queue.Release(going);
        var late = Run("A.One");
        _queue.Enqueue(late);

        Assert.That(_queue.RemoveWaiting(alone, out var started), Is.True);
        Assert.That(started, Is.EqualTo(new[] { late }));
        Assert.That(_queue.Counts, Is.EqualTo((2, 0)));
    }

    [Test]
    public void WhenAScriptAllowsMoreThanBefore_ThoseThatWaitedComeFirst()
    {
        _queue.Enqueue(Run("A.One", most: 1));
        var waiting = Run("A.One", most: 1);
        _queue.Enqueue(waiting);
        var last = Run("A.One", most: 2);

        Assert.That(_queue.Enqueue(last), Is.EqualTo(new[] { waiting }));
        Assert.That(_queue.Counts, Is.EqualTo((2, 1)));
    }

    [Test]
    public void ARunThatNeedsSeveralPlaces_GetsNone_UntilItGetsAll()
    {
        var (one, two) = (Run("A.One"), Run("A.Two"));
        _queue.Enqueue(one);
        _queue.Enqueue(two);
        var waiting = Run("A.Three", group: "database");
        _queue.Enqueue(waiting);
        _queue.Release(one);
        Assert.That(_queue.Counts, Is.EqualTo((2, 0)));

        var other = Run("A.Four", group: "database");
        Assert.That(_queue.Enqueue(other), Is.Empty);
        Assert.That(_queue.Release(two), Is.Empty, "the group is full");
        Assert.That(_queue.Release(waiting), Is.EqualTo(new[] { other }));
    }

    [Test]
    public void APlaceThatWasReserved_IsTaken_AndFreeAgainWhenTheRunCouldNotBeStored()
    {
        var (first, second) = (Run("A.One"), Run("A.Two"));
        Assert.That(_queue.TryReserve(first, OverlapPolicy.Allow, out _, out var atOnce) && atOnce, Is.True);
        Assert.That(_queue.TryReserve(second, OverlapPolicy.Allow, out _, out atOnce) && atOnce, Is.True);
        var third = Run("A.Three");
        Assert.That(_queue.TryReserve(third, OverlapPolicy.Allow, out _, out atOnce), Is.True);
        Assert.That(atOnce, Is.False);
        Assert.That(_queue.Enqueue(third), Is.Empty);

        Assert.That(_queue.Release(first), Is.EqualTo(new[] { third }));
        Assert.That(_queue.Enqueue(second), Is.EqualTo(new[] { second }), "it has its place already");
    }

    [Test]
    public void ARunThatIsTakenOut_HasNoTurn()
    {
        var (one, two) = (Run("A.One"), Run("A.Two"));
        _queue.Enqueue(one);
        _queue.Enqueue(two);
        var (third, fourth) = (Run("A.Three"), Run("A.Four"));
        _queue.Enqueue(third);
        _queue.Enqueue(fourth);

        Assert.That(_queue.RemoveWaiting(third, out _), Is.True);
        Assert.That(_queue.RemoveWaiting(third, out _), Is.False);
        Assert.That(_queue.RemoveWaiting(one, out _), Is.False, "it is under way");
        Assert.That(_queue.Release(one), Is.EqualTo(new[] { fourth }));
    }

    [Test]
    public void AHundredThousandWaitingRuns_AreWorkedThrough_InTheirOrder()
    {
        var runs = Enumerable.Range(0, 100_000).Select(i => Run($"A.S{i % 1000}", RunTrigger.Schedule, exclusive: true, group: i % 2 == 0 ? "even" : null)).ToList();
        var started = new Queue<ActiveRun>(runs.SelectMany(_queue.Enqueue));
        var order = new List<ActiveRun>();
        while (started.TryDequeue(out var run))
        {
            order.Add(run);
            foreach (var next in _queue.Release(run))
            {
                started.Enqueue(next);
            }
        }

        Assert.That(order, Has.Count.EqualTo(runs.Count));
        Assert.That(order.Where(run => run.Info.Script == "A.S7"), Is.EqualTo(runs.Where(run => run.Info.Script == "A.S7")));
        Assert.That(_queue.Counts, Is.EqualTo((0, 0)));
    }

    private ActiveRun Run(string script, RunTrigger trigger = RunTrigger.Manual, bool exclusive = false, string? group = null, int most = int.MaxValue)
    {
        var info = new RunInfo
        {
            Id = Guid.NewGuid().ToString(), Script = script, Plugin = "A", Trigger = trigger, QueuedAt = default, State = RunState.Queued, Attempt = 1, Node = "node", Exclusive = exclusive,
        };
        List<RunLimitRule> limits = [new($"script {script}", most), new("host", 2)];
        if (group is not null)
        {
            limits.Insert(1, new RunLimitRule($"group {group}", 1));
        }

        _rules[info.Id] = limits;
        return new ActiveRun(info);
    }
}
