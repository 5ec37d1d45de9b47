using PluginHost.History;

namespace PluginHost.Tests.Running;

/// <summary>What becomes of a scheduled run while others of its script are under way.</summary>
public sealed class OverlapTests : RunTestBase
{
    private int _scheduled;

    private protected override void Configure(PluginHostOptions options) => options.Runs.MaxConcurrent = 3;

    [SetUp]
    public void SetUp() => Host.Deploy(typeof(Plain), typeof(Other));

    [Test]
    public async Task Skip_LeavesTheNewRunOut()
    {
        var first = await ScheduledAsync(OverlapPolicy.Skip);
        var script = await Stage.NextAsync();
        Assert.That(await ScheduledAsync(OverlapPolicy.Skip), Is.Null);

        script.End();
        await Host.EndOfAsync(first!);
        Assert.That(await ScheduledAsync(OverlapPolicy.Skip), Is.Not.Null, "the end of the first was known");
    }

    [Test]
    public async Task Skip_CountsRunsByHand_AlsoThoseThatAreOnlyBeingStored()
    {
        using var disk = await SlowDisk.OfAsync(Host.Database);
        var byHand = Host.StartAsync("Plain");
        var scheduled = ScheduledAsync(OverlapPolicy.Skip);

        disk.Release();
        await byHand;
        Assert.That(await scheduled, Is.Null);
        await Stage.NextAsync();
        Assert.That(await ScheduledAsync(OverlapPolicy.Skip), Is.Null);
    }

    [Test]
    public async Task Skip_OfTwoSchedulesDueAtOnce_LetsOneThrough()
    {
        using var disk = await SlowDisk.OfAsync(Host.Database);
        var first = ScheduledAsync(OverlapPolicy.Skip);
        var second = ScheduledAsync(OverlapPolicy.Skip);
        disk.Release();

        Assert.That(await first.WaitAsync(RunningHost.HangLimit), Is.Not.Null);
        Assert.That(await second.WaitAsync(RunningHost.HangLimit), Is.Null);
    }

    [Test]
    public async Task Queue_LetsOneWait()
    {
        await ScheduledAsync(OverlapPolicy.Queue);
        var first = await Stage.NextAsync();
        var second = await ScheduledAsync(OverlapPolicy.Queue);
        Assert.That(await ScheduledAsync(OverlapPolicy.Queue), Is.Null);

        Assert.That(Stage.HasNext, Is.False);
        first.End();
        Assert.That((await Stage.NextAsync()).Context.RunId, Is.EqualTo(second!.Id));
    }

    [Test]
    public async Task QueueAll_RunsOneAfterTheOther_InOrder()
    {
        var runs = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            runs.Add((await ScheduledAsync(OverlapPolicy.QueueAll))!.Id);
        }

        foreach (var run in runs)
        {
            var script = await Stage.NextAsync();
            Assert.That(script.Context.RunId, Is.EqualTo(run));
            Assert.That(Stage.HasNext, Is.False);
            script.End();
        }
    }

    [Test]
    public async Task CancelPrevious_CancelsWhatGoesAndWhatWaits_AndStartsWhenItHasEnded()
    {
        var going = await ScheduledAsync(OverlapPolicy.CancelPrevious);
        await Stage.NextAsync();
        var waiting = await ScheduledAsync(OverlapPolicy.QueueAll);
        var last = await ScheduledAsync(OverlapPolicy.CancelPrevious);

        Assert.That((await Stage.NextAsync()).Context.RunId, Is.EqualTo(last!.Id));
        Assert.That((await Host.EndOfAsync(going!)).State, Is.EqualTo(RunState.Cancelled));
        Assert.That((await Host.EndOfAsync(waiting!)).State, Is.EqualTo(RunState.Cancelled));
    }

    [Test]
    public async Task Allow_StartsBesideTheOther()
    {
        await ScheduledAsync(OverlapPolicy.Allow);
        await ScheduledAsync(OverlapPolicy.Allow);

        Assert.That(new[] { (await Stage.NextAsync()).Context.RunId, (await Stage.NextAsync()).Context.RunId }, Is.Unique);
    }

    [Test]
    public async Task WhenTheHostIsFull_ARunByHandGoesFirst()
    {
        var others = new List<Performance>();
        for (var i = 0; i < 3; i++)
        {
            await Host.StartAsync("Other");
            others.Add(await Stage.NextAsync());
        }

        var scheduled = await ScheduledAsync(OverlapPolicy.Skip);
        var byHand = await Host.StartAsync("Plain");
        Assert.That(Host.Runs.Counts, Is.EqualTo((3, 2)));

        others[0].End();
        Assert.That((await Stage.NextAsync()).Context.RunId, Is.EqualTo(byHand.Id));
        others[1].End();
        others[2].End();
        Assert.That(Host.Runs.Get(scheduled!.Id).State, Is.EqualTo(RunState.Queued), "it waits for the one by hand to end");
    }

    private Task<RunInfo?> ScheduledAsync(OverlapPolicy overlap)
    {
        // No time is due twice.
        var due = Time.GetUtcNow().AddMilliseconds(_scheduled++);
        return Host.Runs.StartScheduledAsync(Host.Live.Current.Scripts["Shop.Plain"], overlap, due, RunTrigger.Schedule, new ScheduleMark("Shop.Plain", "key", due));
    }
}
