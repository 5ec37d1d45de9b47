using PluginHost.Tests.Running;

namespace PluginHost.Tests.Engines;

/// <summary>What holds whichever engine decides on the time, seen as an application sees it: by the API and by what scripts do.</summary>
[TestFixture(Engine.Embedded), TestFixture(Engine.Quartz)]
[Parallelizable(ParallelScope.Children)]
public sealed class EveryEngine(Engine engine)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private EngineHost _host = null!;
    private TrialPlugin _plugin = null!;

    [SetUp]
    public async Task Join()
    {
        _host = await SharedHosts.OfAsync(engine);
        _plugin = new TrialPlugin(_host);
    }

    [TearDown]
    public void End() => _plugin.Stage.Close();

    [Test]
    public async Task EachTimeHasOneRun_AndNotBeforeIt()
    {
        ScriptsEndAtOnce();
        _plugin.Deploy(typeof(Freely));

        await _plugin.UntilAsync(ledger => Count(ledger, OccurrenceOutcome.Ran) >= 4);

        await AssertEachTimeHasItsRunAsync(RunTrigger.Schedule);
    }

    [Test]
    public async Task WhileARunGoesOn_TimesAreSkipped_AndTheLedgerSaysWhichRunItWas()
    {
        _plugin.Deploy(typeof(Skipping));
        var first = await _plugin.NextAsync();

        var skipped = await _plugin.UntilAsync(ledger => Count(ledger, OccurrenceOutcome.SkippedOverlap) >= 2);
        first.End();
        var second = await _plugin.NextAsync();

        Assert.That(skipped.Where(row => row.Outcome == OccurrenceOutcome.SkippedOverlap).Select(row => row.Reason), Has.All.Contains(first.Context.RunId));
        Assert.That(second.Context.ScheduledFor, Is.GreaterThan(skipped[^1].Until));
        AssertComplete(await _plugin.LedgerAsync());
    }

    [Test]
    public async Task WhileARunByHandGoesOn_TimesAreSkipped()
    {
        _plugin.Deploy(typeof(Skipping));
        (await _plugin.NextAsync()).End();
        await _host.Api.StartRunAsync(_plugin.Script, new RunRequest());
        var byHand = await NextOfAsync(RunTrigger.Manual);

        var ledger = await _plugin.UntilAsync(ledger => ledger.Any(row => row.Reason?.Contains(byHand.Context.RunId, StringComparison.Ordinal) == true));

        AssertComplete(ledger);
    }

    [Test]
    public async Task WhileARunGoesOn_OneWaits_AndTheOthersAreSkipped()
    {
        _plugin.Deploy(typeof(Queueing));
        var first = await _plugin.NextAsync();
        var skipped = await _plugin.UntilAsync(ledger => Count(ledger, OccurrenceOutcome.SkippedOverlap) >= 2);
        first.End();

        var second = await _plugin.NextAsync();

        Assert.That(second.Context.ScheduledFor, Is.EqualTo(first.Context.ScheduledFor + Second), "the one that waited");
        AssertComplete(skipped);
    }

    [Test]
    public async Task ARunThatGoesOn_IsCancelledForTheNext()
    {
        _plugin.Deploy(typeof(Replacing));
        var first = await _plugin.NextAsync();

        var second = await _plugin.NextAsync();

        Assert.That(second.Context.ScheduledFor, Is.EqualTo(first.Context.ScheduledFor + Second));
        Assert.That((await _plugin.EndOfAsync(first.Context.RunId)).State, Is.EqualTo(RunState.Cancelled));
    }

    [Test]
    public async Task ARunThatIsCancelled_EndsSo_AndTheNextTimeRuns()
    {
        _plugin.Deploy(typeof(Skipping));
        var first = await _plugin.NextAsync();

        await _host.Api.CancelRunAsync(first.Context.RunId);

        Assert.That((await _plugin.EndOfAsync(first.Context.RunId)).State, Is.EqualTo(RunState.Cancelled));
        Assert.That((await _plugin.NextAsync()).Context.ScheduledFor, Is.GreaterThan(first.Context.ScheduledFor!));
    }

    [Test]
    public async Task ARunThatFails_IsTriedAgainForTheSameTime_WhichStaysOneInTheLedger()
    {
        _plugin.Deploy(typeof(TryingTwice));
        var first = await _plugin.NextAsync();
        first.Fail(new InvalidOperationException("Not now."));

        var second = await NextOfAsync(RunTrigger.Retry);

        Assert.That((second.Context.ScheduledFor, second.Context.Attempt), Is.EqualTo((first.Context.ScheduledFor, 2)));
        Assert.That((await _plugin.LedgerAsync()).Single(row => row.Due == first.Context.ScheduledFor).RunId, Is.EqualTo(first.Context.RunId));
    }

    [Test]
    public async Task WhatIsPaused_StartsNothing_AndTheLastMissedTimeIsCaughtUpAfterwards()
    {
        ScriptsEndAtOnce();
        _plugin.Deploy(typeof(Skipping));
        await _plugin.UntilAsync(ledger => Count(ledger, OccurrenceOutcome.Ran) >= 2);
        await _host.Api.PauseScriptAsync(_plugin.Script);
        var paused = DateTimeOffset.UtcNow;
        await Task.Delay(4 * Second);
        Assert.That((await _plugin.RunsAsync())[0].ScheduledFor, Is.LessThan(paused + Second));

        await _host.Api.ResumeScriptAsync(_plugin.Script);

        var ledger = await _plugin.UntilAsync(ledger => ledger[^1].Outcome == OccurrenceOutcome.Ran && Count(ledger, OccurrenceOutcome.CaughtUp) == 1);
        AssertComplete(ledger);
        Assert.That(Count(ledger, OccurrenceOutcome.SkippedPaused), Is.InRange(2, 4));
    }

    [Test]
    public async Task ANewVersion_TakesTheScheduleOver_WithoutATimeLostOrDoubled()
    {
        ScriptsEndAtOnce();
        for (var version = 0; version < 4; version++)
        {
            _plugin.Deploy(typeof(Freely));
            var from = DateTimeOffset.UtcNow;
            await _plugin.UntilAsync(ledger => ledger.Exists(row => row.Due > from && row.Outcome == OccurrenceOutcome.Ran));
        }

        await AssertEachTimeHasItsRunAsync(RunTrigger.Schedule);
        Assert.That((await _plugin.RunsAsync()).Select(run => run.Version).Distinct(), Has.Exactly(4).Items);
    }

    [Test]
    public async Task AnotherExpressionInANewVersion_TakesThePlaceOfTheOld()
    {
        ScriptsEndAtOnce();
        _plugin.Deploy(typeof(Freely));
        var before = await _plugin.UntilAsync(ledger => Count(ledger, OccurrenceOutcome.Ran) >= 2);

        _plugin.Deploy(typeof(HalfAsOften));

        var ledger = await _plugin.UntilAsync(ledger => ledger.Count(row => row.Schedule != before[0].Schedule) >= 2);
        var (old, @new) = (ledger.FindAll(row => row.Schedule == before[0].Schedule), ledger.FindAll(row => row.Schedule != before[0].Schedule));
        Assert.That(old[^1].Due, Is.LessThan(@new[^1].Due));
        Assert.That(@new.Select(row => row.Due.Second % 2), Has.All.Zero);
        AssertComplete(old);
    }

    [Test]
    public async Task WhatAnOperatorSets_HoldsFromThenOn()
    {
        ScriptsEndAtOnce();
        _plugin.Deploy(typeof(Freely));
        await _plugin.UntilAsync(ledger => Count(ledger, OccurrenceOutcome.Ran) >= 1);
        var schedule = (await _host.Api.GetSchedulesAsync(_plugin.Script))[0];
        await _host.Api.SetScheduleAsync(_plugin.Script, schedule.Id, new ScheduleRequest { Disabled = true });

        await _host.Api.SetScheduleAsync(_plugin.Script, "mine", new ScheduleRequest { Cron = "*/2 * * * * *" });

        var ledger = await _plugin.UntilAsync(ledger => ledger.Count(row => row.Schedule.EndsWith("#mine", StringComparison.Ordinal)) >= 2);
        Assert.That(ledger.FindAll(row => row.Schedule.EndsWith("#mine", StringComparison.Ordinal)).Select(row => row.Due.Second % 2), Has.All.Zero);
        Assert.That(ledger[^1].Schedule, Does.EndWith("#mine"));
    }

    [Test]
    public async Task TheTimeOfAJitteredSchedule_IsTheOneThatIsShown()
    {
        ScriptsEndAtOnce();
        _plugin.Deploy(typeof(Jittered));

        var schedule = (await _host.Api.GetSchedulesAsync(_plugin.Script))[0];

        var ledger = await _plugin.UntilAsync(ledger => Count(ledger, OccurrenceOutcome.Ran) >= 2);
        Assert.That(schedule.DelayMs, Is.InRange(0, 4000));
        Assert.That(schedule.Next, Is.SupersetOf(ledger.FindAll(row => row.Due >= schedule.Next[0]).Select(row => row.Due)));
        Assert.That(ledger.Select(row => (row.Due.ToUnixTimeMilliseconds() - schedule.DelayMs) % 5000), Has.All.Zero);
    }

    private void ScriptsEndAtOnce() => _plugin.Stage.Script = (_, _) => Task.CompletedTask;

    /// <summary>The next run that has begun for that reason; those of the schedule meanwhile end.</summary>
    private async Task<Performance> NextOfAsync(RunTrigger trigger)
    {
        while (true)
        {
            var next = await _plugin.NextAsync();
            if (next.Context.Trigger == trigger)
            {
                return next;
            }

            next.End();
        }
    }

    private async Task AssertEachTimeHasItsRunAsync(RunTrigger trigger)
    {
        var ledger = (await _plugin.LedgerAsync()).FindAll(row => row.Outcome != OccurrenceOutcome.Pending);
        AssertComplete(ledger);
        var runs = (await _plugin.RunsAsync()).ToDictionary(run => run.Id);
        foreach (var row in ledger)
        {
            var run = runs[row.RunId!];
            Assert.That((row.Outcome, run.Trigger, run.ScheduledFor), Is.EqualTo((OccurrenceOutcome.Ran, trigger, (DateTimeOffset?)row.Due)));
            Assert.That(run.StartedAt, Is.GreaterThanOrEqualTo(row.Due));
        }
    }

    private static long Count(List<OccurrenceInfo> ledger, OccurrenceOutcome outcome) => ledger.Where(row => row.Outcome == outcome).Sum(row => row.Count);

    internal static void AssertComplete(List<OccurrenceInfo> ledger)
    {
        for (var i = 1; i < ledger.Count; i++)
        {
            Assert.That(ledger[i].Due, Is.EqualTo(ledger[i - 1].Until + Second), $"each second once: {ledger[i - 1]}, {ledger[i]}");
        }
    }
}
