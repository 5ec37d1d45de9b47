using PluginHost.Tests.Running;

namespace PluginHost.Tests.Scheduling;

/// <summary>Each time that was due has one row, or is one of a row's, and one outcome.</summary>
public sealed class LedgerTests : SchedulerTestBase
{
    [Test]
    public async Task ATimeWhoseRunBegan_Ran()
    {
        await GoLiveAsync(typeof(EveryMinute));
        await PassUntilAsync(At(12, 1));
        var script = await NextForAsync(At(12, 1));

        var row = Ledger().Single();
        Assert.That((row.Outcome, row.Due, row.Until, row.Count, row.RunId), Is.EqualTo((OccurrenceOutcome.Ran, At(12, 1), At(12, 1), 1L, script.Context.RunId)));
        Assert.That((row.LateByMs, row.Reason), Is.EqualTo(((long?)0, (string?)null)));
    }

    [Test]
    public async Task TimesThatARunWasInTheWayOf_AreOneRow_WithThatRun()
    {
        await GoLiveAsync(typeof(EveryMinute));
        await PassUntilAsync(At(12, 1));
        var script = await NextForAsync(At(12, 1));
        await PassUntilAsync(At(12, 5));

        var row = Ledger()[0];
        Assert.That((row.Outcome, row.Due, row.Until, row.Count, row.RunId), Is.EqualTo((OccurrenceOutcome.SkippedOverlap, At(12, 2), At(12, 5), 4L, (string?)null)));
        Assert.That(row.Reason, Does.Contain(script.Context.RunId));
    }

    [Test]
    public async Task ATimeWhoseRunWaits_IsPending_AndLateWhenItBegins()
    {
        await GoLiveAsync(typeof(EveryMinuteQueued));
        await PassUntilAsync(At(12, 1));
        var first = await NextForAsync(At(12, 1));
        await PassUntilAsync(At(12, 2).AddSeconds(30));
        Assert.That(Ledger()[0].Outcome, Is.EqualTo(OccurrenceOutcome.Pending));

        await EndAsync(first);
        await NextForAsync(At(12, 2));

        var row = Ledger()[0];
        Assert.That((row.Outcome, row.Due, row.LateByMs), Is.EqualTo((OccurrenceOutcome.Late, At(12, 2), (long?)30_000)));
    }

    [Test]
    public async Task ATimeWhoseRunIsCancelledBeforeItBegins_IsMissed_AndSaysSo()
    {
        await GoLiveAsync(typeof(EveryMinuteQueued));
        await PassUntilAsync(At(12, 1));
        await NextForAsync(At(12, 1));
        await PassUntilAsync(At(12, 2));
        var waiting = Ledger()[0].RunId!;

        Host.Runs.CancelHere(waiting);
        await Host.EndOfAsync(Host.Runs.Get(waiting));

        Assert.That(Ledger()[0].Outcome, Is.EqualTo(OccurrenceOutcome.Missed));
        Assert.That(Ledger()[0].Reason, Does.Contain("cancelled"));
    }

    [TestCase(typeof(EveryMinuteOrNot), "Missed 2-5")]
    [TestCase(typeof(EveryMinute), "Missed 2-4, CaughtUp 5-5")]
    [TestCase(typeof(EveryMinuteOfTwo), "Missed 2-3, CaughtUp 4-4, Pending 5-5")]
    [TestCase(typeof(EveryMinuteByAllMeans), "CaughtUp 2-2, Pending 3-3, Pending 4-4, Pending 5-5")]
    public async Task AfterDowntime_EveryMissedTimeIsThere(Type script, string expected)
    {
        await GoLiveAsync(script);
        await PassUntilAsync(At(12, 1));
        await EndAsync(await NextForAsync(At(12, 1)));
        await CrashAndRestartAsync();
        Time.Advance(At(12, 5).AddSeconds(30) - Time.GetUtcNow());

        await GoLiveAsync(script);
        if (expected.Contains("CaughtUp", StringComparison.Ordinal))
        {
            await Stage.NextAsync();
        }

        Assert.That(Rows(after: At(12, 1)), Is.EqualTo(expected));
    }

    [Test]
    public async Task TimesOfAPause_AreSkippedAsPaused_ButTheLatestIsCaughtUp()
    {
        await GoLiveAsync(typeof(EveryMinute));
        await PauseAsync(true);
        await PassUntilAsync(At(12, 4));

        await PauseAsync(false);
        await NextForAsync(At(12, 4), RunTrigger.CatchUp);

        Assert.That(Rows(after: At(12, 0)), Is.EqualTo("SkippedPaused 1-3, CaughtUp 4-4"));
    }

    [Test]
    public async Task ARunThatWaitedWhenTheHostDied_LeavesItsTimePending()
    {
        await GoLiveAsync(typeof(EveryMinuteQueued));
        await PassUntilAsync(At(12, 1));
        await NextForAsync(At(12, 1));
        await PassUntilAsync(At(12, 2));

        await CrashAndRestartAsync();
        await Host.Runs.StartAsync(CancellationToken.None);

        Assert.That(Rows(after: At(12, 0)), Is.EqualTo("Ran 1-1, Pending 2-2"));
    }

    [Test]
    public async Task DaysOfDowntimeOfAnEverySecondSchedule_AreOneRow()
    {
        await GoLiveAsync(typeof(EverySecondOrNot));
        await CrashAndRestartAsync();
        Time.Advance(TimeSpan.FromDays(10));

        await GoLiveAsync(typeof(EverySecondOrNot));

        Assert.That(Ledger().Single(row => row.Outcome == OccurrenceOutcome.Missed).Count, Is.EqualTo(10 * 86_400));
    }

    private IReadOnlyList<OccurrenceInfo> Ledger() => Host.Occurrences.List(new OccurrenceQuery { Script = "shop.job" }).Items;

    private string Rows(DateTimeOffset after) => string.Join(
        ", ", Ledger().Where(row => row.Due > after).Reverse().Select(row => $"{row.Outcome} {row.Due.Minute}-{row.Until.Minute}"));
}
