using PluginHost.Running;

namespace PluginHost.Tests.Running;

public sealed class RunQueueTests
{
    private readonly RunQueue _queue = new(limit: 2);

    [Test]
    public void BeyondTheLimit_RunsWait_AndStartWhenAPlaceIsFree()
    {
        var first = Run("A.One");
        _queue.Add(first);
        _queue.Add(Run("A.Two"));
        var third = Run("A.Three");

        Assert.That(_queue.Add(third), Is.Empty);
        Assert.That(_queue.Counts, Is.EqualTo((2, 1)));
        Assert.That(_queue.Remove(first), Is.EqualTo(new[] { third }));
    }

    [Test]
    public void RunsAskedForByHand_GoFirst()
    {
        var first = Run("A.One");
        _queue.Add(first);
        _queue.Add(Run("A.Two"));
        _queue.Add(Run("A.Three", RunTrigger.Schedule));
        var byHand = Run("A.Four");
        _queue.Add(byHand);

        Assert.That(_queue.Remove(first), Is.EqualTo(new[] { byHand }));
    }

    [Test]
    public void AnExclusiveRun_WaitsForTheOthersOfItsScript_AndHoldsNobodyElseUp()
    {
        var going = Run("A.One");
        _queue.Add(going);
        var exclusive = Run("a.one", RunTrigger.Schedule, exclusive: true);

        Assert.That(_queue.Add(exclusive), Is.Empty);
        Assert.That(_queue.Add(Run("A.Two")), Has.Count.EqualTo(1));
        Assert.That(_queue.Remove(going), Is.EqualTo(new[] { exclusive }));
    }

    private static ActiveRun Run(string script, RunTrigger trigger = RunTrigger.Manual, bool exclusive = false) => new(
        new RunInfo { Id = Guid.NewGuid().ToString(), Script = script, Plugin = "A", Trigger = trigger, QueuedAt = default, State = RunState.Queued, Attempt = 1, Node = "node" },
        exclusive);
}
