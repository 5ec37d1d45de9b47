namespace PluginHost.Tests.Scheduling;

/// <summary>What becomes of times that nobody was there for.</summary>
public sealed class CatchUpTests : SchedulerTestBase
{
    [TestCase(typeof(EveryMinuteOrNot), new int[0])]
    [TestCase(typeof(EveryMinute), new[] { 5 })]
    [TestCase(typeof(EveryMinuteByAllMeans), new[] { 2, 3, 4, 5 })]
    [TestCase(typeof(EveryMinuteOfTwo), new[] { 4, 5 })]
    public async Task AfterDowntime_MissedTimesAreCaughtUp_AsTheScheduleSays(Type script, int[] minutes)
    {
        await GoLiveAsync(script);
        await PassUntilAsync(At(12, 1));
        await EndAsync(await NextForAsync(At(12, 1)));
        await CrashAndRestartAsync();
        Time.Advance(At(12, 5).AddSeconds(30) - Time.GetUtcNow());

        await GoLiveAsync(script);

        await EndCaughtUpAsync(minutes);
        await PassUntilAsync(At(12, 6));
        await NextForAsync(At(12, 6));
        Assert.That(Times(), Is.EqualTo(minutes.Prepend(1).Append(6).Select(minute => At(12, minute))));
    }

    [TestCase(typeof(EveryMinuteOrNot), new int[0])]
    [TestCase(typeof(EveryMinute), new[] { 5 })]
    [TestCase(typeof(EveryMinuteByAllMeans), new[] { 2, 3, 4, 5 })]
    [TestCase(typeof(EveryMinuteOfTwo), new[] { 4, 5 })]
    public async Task AfterAPause_MissedTimesAreCaughtUp_AsTheScheduleSays(Type script, int[] minutes)
    {
        await GoLiveAsync(script);
        await PassUntilAsync(At(12, 1));
        await EndAsync(await NextForAsync(At(12, 1)));
        await PauseAsync(true);
        await PassUntilAsync(At(12, 5).AddSeconds(30));
        Assert.That(Times(), Has.Exactly(1).Items);

        await PauseAsync(false);

        await EndCaughtUpAsync(minutes);
        await PassUntilAsync(At(12, 6));
        await NextForAsync(At(12, 6));
        Assert.That(Times(), Is.EqualTo(minutes.Prepend(1).Append(6).Select(minute => At(12, minute))));
    }

    [Test]
    public async Task APausedScript_StaysPaused_ThroughARestart_AndIsCaughtUpWhenResumed()
    {
        await GoLiveAsync(typeof(EveryMinute));
        await PauseAsync(true);
        await CrashAndRestartAsync();
        await GoLiveAsync(typeof(EveryMinute));
        await PassUntilAsync(At(12, 3));
        Assert.That(Times(), Is.Empty);

        await PauseAsync(false);

        await NextForAsync(At(12, 3), RunTrigger.CatchUp);
    }

    [Test]
    public async Task ResumedAtTheVeryTime_ThatTimeRunsOnce()
    {
        await GoLiveAsync(typeof(EveryMinuteOrNot));
        await PauseAsync(true);
        await PassUntilAsync(At(12, 1).AddSeconds(30));
        Time.AdjustTime(At(12, 2));

        await PauseAsync(false);
        await PassUntilAsync(At(12, 2).AddSeconds(30));

        await NextForAsync(At(12, 2));
        Assert.That(Times(), Has.Exactly(1).Items);
    }

    [Test]
    public async Task ATimeThatComesJustBeforeTheCatchUp_DoesNotHideTheMissedOnes()
    {
        await GoLiveAsync(typeof(EveryMinuteByAllMeans));
        await PauseAsync(true);
        await PassUntilAsync(At(12, 2).AddSeconds(30));

        // No longer paused, and the scheduler has not been told yet.
        await Host.Scripts.SetPausedAsync("Shop.Job", false, CancellationToken.None);
        Time.Advance(TimeSpan.FromSeconds(30));
        Host.Scheduler.Resumed("Shop.Job");
        await SettleAsync();

        // The third is a regular one, which may not queue.
        Assert.That(Times(), Is.EqualTo(new[] { At(12, 1), At(12, 2) }));
    }

    [Test]
    public async Task ANewScript_HasMissedNothing()
    {
        await GoLiveAsync(typeof(EveryMinuteByAllMeans));

        Assert.That(Times(), Is.Empty);
    }

    private async Task EndCaughtUpAsync(int[] minutes)
    {
        foreach (var minute in minutes)
        {
            await EndAsync(await NextForAsync(At(12, minute), RunTrigger.CatchUp));
        }
    }
}
