namespace PluginHost.Tests.Scheduling;

/// <summary>The clock is set while the host is up, or down.</summary>
public sealed class ClockTests : SchedulerTestBase
{
    [Test]
    public async Task SetForward_TheTimesInBetweenAreMissedOnes()
    {
        await GoLiveAsync(typeof(EveryMinute));
        Time.AdjustTime(At(15, 0).AddSeconds(20));
        Time.Advance(TimeSpan.FromSeconds(30));
        await SettleAsync();
        await EndAsync(await NextForAsync(At(15, 0), RunTrigger.CatchUp));
        await PassUntilAsync(At(15, 1));

        Assert.That(Times(), Is.EqualTo(new[] { At(15, 0), At(15, 1) }));
    }

    [Test]
    public async Task AStall_LosesNoTimeThatIsStillOnTime()
    {
        await GoLiveAsync(typeof(EveryFiveSecondsOrNot));
        await PassUntilAsync(At(12, 0).AddSeconds(5));
        await NextForAsync(At(12, 0).AddSeconds(5));

        Time.AdjustTime(At(12, 0).AddSeconds(17));
        Time.Advance(TimeSpan.FromSeconds(5));
        await SettleAsync();

        Assert.That(Times(), Is.EqualTo(new[] { 5, 15, 20 }.Select(second => At(12, 0).AddSeconds(second))));
    }

    [Test]
    public async Task SetBack_NoTimeHasItsTurnTwice()
    {
        await GoLiveAsync(typeof(EveryMinute));
        await PassUntilAsync(At(12, 5));
        await EndAsync(await NextForAsync(At(12, 1)));
        Time.AdjustTime(At(11, 55));

        await PassUntilAsync(At(12, 6));

        Assert.That(Times(), Is.EqualTo(new[] { At(12, 1), At(12, 6) }));
    }

    [Test]
    public async Task SetBack_AndTheScheduleTakenAwayAndSetAgain_NoTimeHasItsTurnTwice()
    {
        await GoLiveAsync(typeof(EveryMinute));
        await PassUntilAsync(At(12, 1));
        await EndAsync(await NextForAsync(At(12, 1)));
        Time.AdjustTime(At(12, 0).AddSeconds(30));
        await SwapAsync(typeof(WithoutSchedule));
        await SwapAsync(typeof(EveryMinute));

        await PassUntilAsync(At(12, 2));

        Assert.That(Times(), Is.EqualTo(new[] { At(12, 1), At(12, 2) }));
        Assert.That(Host.Runs.Counts, Is.EqualTo((1, 0)), "what was not started holds no place");
    }

    [Test]
    public async Task SetBackWhileTheHostIsDown_NoTimeHasItsTurnTwice()
    {
        await GoLiveAsync(typeof(EveryMinute));
        await PassUntilAsync(At(12, 3));
        await EndAsync(await NextForAsync(At(12, 1)));
        await CrashAndRestartAsync();
        Time.AdjustTime(At(11, 55));

        await GoLiveAsync(typeof(EveryMinute));
        await PassUntilAsync(At(12, 4));

        Assert.That(Times(), Is.EqualTo(new[] { At(12, 1), At(12, 4) }));
    }

    [Test]
    public async Task ThereAndBack_NoTimeHasItsTurnTwice()
    {
        await GoLiveAsync(typeof(EveryMinute));
        Time.AdjustTime(At(12, 10).AddSeconds(20));
        Time.Advance(TimeSpan.FromSeconds(30));
        await SettleAsync();
        await EndAsync(await NextForAsync(At(12, 10), RunTrigger.CatchUp));
        Time.AdjustTime(At(12, 1));

        await PassUntilAsync(At(12, 11));

        Assert.That(Times(), Is.EqualTo(new[] { At(12, 10), At(12, 11) }));
    }
}
