namespace PluginHost.Tests.Scheduling;

/// <summary>Schedules that begin and end.</summary>
public sealed class WindowTests : SchedulerTestBase
{
    [Test]
    public async Task AfterItsEnd_NothingRuns_AndNothingIsMissed()
    {
        await GoLiveAsync(typeof(EveryMinuteForAWhile));
        await PassUntilAsync(At(12, 1));
        await EndAsync(await NextForAsync(At(12, 1)));
        await PassUntilAsync(At(12, 5));
        await CrashAndRestartAsync();
        await GoLiveAsync(typeof(EveryMinuteForAWhile));

        Host.ScheduleWatch.Look();

        Assert.That(Times(), Is.EqualTo(new[] { At(12, 1) }));
        Assert.That(Host.Problems.All, Is.Empty);
    }

    [Test]
    public async Task ALongerWindow_IsForTimesToCome()
    {
        await GoLiveAsync(typeof(EveryMinuteForAWhile));
        await PassUntilAsync(At(12, 1));
        await EndAsync(await NextForAsync(At(12, 1)));
        await PassUntilAsync(At(12, 4).AddSeconds(30));

        await SwapAsync(typeof(EveryMinuteForLonger));
        await PassUntilAsync(At(12, 8));
        await NextForAsync(At(12, 5));

        Assert.That(Times(), Is.EqualTo(new[] { At(12, 1), At(12, 5) }));
        Assert.That(Host.Occurrences.List(new OccurrenceQuery()).Items, Has.Exactly(2).Items);
    }
}
