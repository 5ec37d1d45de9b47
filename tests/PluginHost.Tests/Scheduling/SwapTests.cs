using PluginHost.Scripts;

namespace PluginHost.Tests.Scheduling;

/// <summary>A new version goes live while schedules are at work.</summary>
public sealed class SwapTests : SchedulerTestBase
{
    [Test]
    public async Task AScheduleThatStays_KeepsItsPlace_WithItsNewPolicies()
    {
        await GoLiveAsync(typeof(EveryMinute));
        await PassUntilAsync(At(12, 0).AddSeconds(30));
        var version = Host.Deploy(typeof(EveryMinuteQueued));
        await PassUntilAsync(At(12, 1));
        var first = await NextForAsync(At(12, 1));
        Assert.That(Host.Runs.Get(first.Context.RunId).Version, Is.EqualTo(version.Id));

        await PassUntilAsync(At(12, 2));
        first.End();

        await NextForAsync(At(12, 2));
    }

    [Test]
    public async Task ASwapAtTheVeryTime_NeitherLosesItNorDoublesIt()
    {
        await GoLiveAsync(typeof(EveryMinute));
        Time.AdjustTime(At(12, 1));
        await SwapAsync(typeof(EveryMinuteQueued));
        await PassUntilAsync(At(12, 1).AddSeconds(30));

        Assert.That(Times(), Is.EqualTo(new[] { At(12, 1) }));
    }

    [Test]
    public async Task AnotherExpression_TakesOver_AndWhatWasDueBeforeIsNotLost()
    {
        await GoLiveAsync(typeof(EveryMinute));
        Time.AdjustTime(At(12, 1));
        await SwapAsync(typeof(EveryTwoMinutes));
        await EndAsync(await NextForAsync(At(12, 1)));
        await PassUntilAsync(At(12, 5));

        Assert.That(Times(), Is.EqualTo(new[] { At(12, 1), At(12, 2) }));
        Assert.That(Host.Marks.GetAll().Select(mark => mark.Key), Is.EqualTo(new[] { "*/2 * * * *|UTC" }).Or.EqualTo(new[] { "*/2 * * * *|Etc/UTC" }));
    }

    [Test]
    public async Task ARemovedScript_StopsAtOnce_AndComesBackWithNothingMissed()
    {
        await GoLiveAsync(typeof(EveryMinute));
        Time.AdjustTime(At(12, 1));
        Host.RemovePlugin();
        await PassUntilAsync(At(12, 3));
        await Host.UntilAsync(() => Host.Marks.GetAll().Count == 0);

        await SwapAsync(typeof(EveryMinute));
        await PassUntilAsync(At(12, 4));

        await NextForAsync(At(12, 4));
        Assert.That(Times(), Has.Exactly(1).Items);
    }

    [Test]
    public async Task ManySwapsInAMinute_ChangeNothing()
    {
        await GoLiveAsync(typeof(EveryMinute));
        for (var i = 0; i < 60; i++)
        {
            Host.Deploy(i % 2 == 0 ? typeof(EveryMinuteQueued) : typeof(EveryMinute));
            Time.Advance(TimeSpan.FromSeconds(3));
            await SettleAsync();
            while (Host.Runs.Counts.Running > 0)
            {
                await EndAsync(await Stage.NextAsync());
            }
        }

        Assert.That(Times(), Is.EqualTo(new[] { At(12, 1), At(12, 2), At(12, 3) }));
    }

    [Test]
    public async Task AnotherJitter_NeitherLosesATimeNorDoublesOne()
    {
        var offset = ScheduleReader.Offset("Shop.Job", "0 * * * *|UTC", TimeSpan.FromMinutes(50));
        Assert.That(offset, Is.GreaterThan(TimeSpan.FromMinutes(5)), "the test needs one that makes a difference");
        await GoLiveAsync(typeof(EveryHour));
        await PassUntilAsync(At(13, 0));
        await EndAsync(await NextForAsync(At(13, 0)));

        // What had its turn at 13:00 is not due once more a little later.
        await SwapAsync(typeof(EveryHourJittered));
        await PassUntilAsync(At(14, 1));
        Assert.That(Times(), Has.Exactly(1).Items);

        // What waits since 14:00 for its share of the jitter is due now that there is none.
        await SwapAsync(typeof(EveryHour));
        await EndAsync(await NextForAsync(At(14, 0)));
        await PassUntilAsync(At(14, 59));
        Assert.That(Times(), Has.Exactly(2).Items);
    }
}
