using PluginHost.History;
using PluginHost.Tests.Running;

namespace PluginHost.Tests.Scheduling;

public sealed class SchedulerTests : SchedulerTestBase
{
    [Test]
    public async Task AScript_StartsAtItsTime_AndNotBefore()
    {
        await GoLiveAsync(typeof(EveryMinute));
        Time.Advance(TimeSpan.FromSeconds(59.999));
        Assert.That(Times(), Is.Empty);

        Time.Advance(TimeSpan.FromMilliseconds(1));
        await EndAsync(await NextForAsync(At(12, 1)));
        await PassUntilAsync(At(12, 2));
        await NextForAsync(At(12, 2));
    }

    [Test]
    public async Task TwoSchedulesOfAScript_AreTwo()
    {
        await GoLiveAsync(typeof(TwoSchedules));
        await PassUntilAsync(At(12, 2));

        Assert.That(Times(), Is.EquivalentTo(new[] { At(12, 1), At(12, 2), At(12, 2) }));
    }

    [Test]
    public async Task TwoSchedulesDueAtOnce_StartOneRun_WhenTheySkip()
    {
        await GoLiveAsync(typeof(TwoThatSkip));
        await PassUntilAsync(At(12, 1));
        await EndAsync(await NextForAsync(At(12, 1)));
        await PassUntilAsync(At(12, 2));

        Assert.That(Times(), Is.EqualTo(new[] { At(12, 1), At(12, 2) }));
    }

    [Test]
    public async Task WhileARunGoesOn_FurtherOnesAreSkipped()
    {
        await GoLiveAsync(typeof(EveryMinute));
        await PassUntilAsync(At(12, 1));
        var first = await NextForAsync(At(12, 1));
        await PassUntilAsync(At(12, 3));
        await EndAsync(first);
        await PassUntilAsync(At(12, 4));

        Assert.That(Times(), Is.EqualTo(new[] { At(12, 1), At(12, 4) }));
    }

    [Test]
    public async Task WhileARunByHandGoesOn_ScheduledOnesAreSkipped()
    {
        await GoLiveAsync(typeof(EveryMinute));
        await Host.StartAsync("Job");
        var byHand = await Stage.NextAsync();
        await PassUntilAsync(At(12, 1));
        await EndAsync(byHand);
        await PassUntilAsync(At(12, 2));

        Assert.That(Times(), Is.EqualTo(new DateTimeOffset?[] { null, At(12, 2) }));
    }

    [Test]
    public async Task WhileARunGoesOn_OneWaits_WhenTheScheduleQueues()
    {
        await GoLiveAsync(typeof(EveryMinuteQueued));
        await PassUntilAsync(At(12, 1));
        var first = await NextForAsync(At(12, 1));
        await PassUntilAsync(At(12, 3));
        first.End();

        await NextForAsync(At(12, 2));
        Assert.That(Times(), Is.EqualTo(new[] { At(12, 1), At(12, 2) }));
    }

    [Test]
    public async Task ARunThatGoesOn_IsReplaced_WhenTheScheduleCancels()
    {
        await GoLiveAsync(typeof(EveryMinuteInstead));
        await PassUntilAsync(At(12, 1));
        var first = await NextForAsync(At(12, 1));
        await PassUntilAsync(At(12, 2));

        await NextForAsync(At(12, 2));

        // Its place is free before its end is stored.
        Assert.That((await Host.EndOfAsync(Host.Runs.Get(first.Context.RunId))).State, Is.EqualTo(RunState.Cancelled));
    }

    [Test]
    public async Task WhatAStoppingHostRefuses_IsCaughtUpByTheNext()
    {
        await GoLiveAsync(typeof(EveryMinute));
        await Host.Runs.StopAsync(CancellationToken.None);
        Time.Advance(TimeSpan.FromMinutes(1));
        await Host.Scheduler.StopAsync(CancellationToken.None);
        Assert.That(Times(), Is.Empty);

        await CrashAndRestartAsync();
        await GoLiveAsync(typeof(EveryMinute));

        await NextForAsync(At(12, 1), RunTrigger.CatchUp);
    }

    [Test]
    public async Task ATimeThatCannotBeStored_IsTriedAgain_AndNoneOvertakesIt()
    {
        await GoLiveAsync(typeof(EveryMinute));
        await Host.FillDiskAsync();
        Time.Advance(TimeSpan.FromMinutes(1));
        await Time.TimerOf(TimeSpan.FromSeconds(1));
        Time.Advance(TimeSpan.FromMinutes(1));
        await Time.TimerOf(TimeSpan.FromSeconds(2));
        Assert.That(Times(), Is.Empty);
        Time.Advance(TimeSpan.FromMinutes(1));
        Host.ScheduleWatch.Look();
        Assert.That(Host.Problems.All, Has.Exactly(1).Contains("'* * * * *' of script 'Shop.Job', which was due at 2026-01-01 12:01:00Z"));

        await Host.EmptyDiskAsync();
        Time.Advance(TimeSpan.FromSeconds(30));
        await SettleAsync();
        Host.ScheduleWatch.Look();
        Assert.That(Host.Problems.All, Is.Empty);

        Assert.That(Times(), Is.EqualTo(new[] { At(12, 1) }), "the one after it is skipped while it runs");
    }

    [Test]
    public async Task WhatWasDecided_IsCarriedOut_BeforeTheSchedulerStops()
    {
        await GoLiveAsync(typeof(EveryMinute));
        using var disk = await SlowDisk.OfAsync(Host.Database);
        Time.Advance(TimeSpan.FromMinutes(1));
        var stopping = Host.Scheduler.StopAsync(CancellationToken.None);
        Assert.That(stopping.IsCompleted, Is.False);

        disk.Release();
        await stopping.WaitAsync(RunningHost.HangLimit);
        Assert.That(Times(), Is.EqualTo(new[] { At(12, 1) }));
    }
}
