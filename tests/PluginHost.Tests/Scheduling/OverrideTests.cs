using System.Text.Json.Nodes;
using PluginHost.Tests.Running;

namespace PluginHost.Tests.Scheduling;

/// <summary>What operators set for schedules, without a commit.</summary>
public sealed class OverrideTests : SchedulerTestBase
{
    private const string Job = "Shop.Job";

    [Test]
    public async Task AnotherExpression_RunsInPlaceOfTheCodes_FromNowOn()
    {
        await GoLiveAsync(typeof(EveryMinuteByAllMeans));
        await PassUntilAsync(At(12, 0).AddSeconds(30));

        var set = await SetAsync(CodeId(), new ScheduleRequest { Cron = "*/5 * * * *", RequestedBy = "ada" });
        await PassUntilAsync(At(12, 5));
        await EndAsync(await NextForAsync(At(12, 5)));
        await PassUntilAsync(At(12, 10));

        Assert.That(Times(), Is.EqualTo(new[] { At(12, 5), At(12, 10) }));
        Assert.Multiple(() =>
        {
            Assert.That((set.Origin, set.Cron, set.Code!.Cron, set.CatchUp), Is.EqualTo((ScheduleOrigin.Override, "*/5 * * * *", "* * * * *", CatchUpPolicy.All)), "what is left out is as the code says");
            Assert.That((set.SetBy, set.SetAt), Is.EqualTo(("ada", (DateTimeOffset?)At(12, 0).AddSeconds(30))));
            Assert.That(set.Next.Take(2), Is.EqualTo(new[] { At(12, 5), At(12, 10) }));
        });
    }

    [Test]
    public async Task TakenBack_TheCodeHolds_AndTimesInBetweenAreNotMissed()
    {
        await GoLiveAsync(typeof(EveryMinuteByAllMeans));
        var id = CodeId();
        await SetAsync(id, new ScheduleRequest { Cron = "0 0 * * *" });
        await PassUntilAsync(At(12, 5).AddSeconds(30));

        await Host.Schedules.ResetAsync(Job, id, default);
        await PassUntilAsync(At(12, 6));

        Assert.That(Times(), Is.EqualTo(new[] { At(12, 6) }));
        Assert.That(Of(id).Origin, Is.EqualTo(ScheduleOrigin.Code));
    }

    [Test]
    public async Task Disabled_ItDoesNotRun_AndEnabledAgain_ItHasMissedNothing()
    {
        await GoLiveAsync(typeof(EveryMinuteByAllMeans));
        await SetAsync(CodeId(), new ScheduleRequest { Disabled = true });
        Assert.That((Of(CodeId()).Disabled, Of(CodeId()).Next.Count), Is.EqualTo((true, 0)));
        await PassUntilAsync(At(12, 3).AddSeconds(30));
        Assert.That(Times(), Is.Empty);

        await SetAsync(CodeId(), new ScheduleRequest());
        await PassUntilAsync(At(12, 4));

        Assert.That(Times(), Is.EqualTo(new[] { At(12, 4) }));
    }

    [Test]
    public async Task AddedByName_ItRunsWithItsParameters()
    {
        await GoLiveAsync(typeof(HourlyWithParameters));

        var added = await SetAsync("weekly-report", new ScheduleRequest { Cron = "*/10 * * * *", Parameters = new JsonObject { ["days"] = 7 } });
        await PassUntilAsync(At(12, 10));

        var script = await NextForAsync(At(12, 10));
        Assert.That(((HourlyWithParameters)script.Script).Days, Is.EqualTo(7));
        Assert.That(Host.Runs.Get(script.Context.RunId).Parameters!.ToJsonString(), Is.EqualTo("""{"Days":7}"""));
        Assert.That((added.Id, added.Origin, added.Code), Is.EqualTo(("weekly-report", ScheduleOrigin.Added, (CodeSchedule?)null)));
        Assert.That(Host.Schedules.Of(Live()).Select(schedule => schedule.Origin), Is.EqualTo(new[] { ScheduleOrigin.Code, ScheduleOrigin.Added }));

        await Host.Schedules.ResetAsync(Job, "WEEKLY-report", default);
        Assert.That(Host.Schedules.Of(Live()), Has.Exactly(1).Items);
    }

    [Test]
    public async Task OnlyAPolicy_LeavesTheScheduleItsPlace()
    {
        await GoLiveAsync(typeof(EveryMinuteByAllMeans));
        Time.AdjustTime(At(12, 1));
        await SetAsync(CodeId(), new ScheduleRequest { Overlap = OverlapPolicy.Queue });
        await PassUntilAsync(At(12, 2));

        Assert.That(Times(), Is.EqualTo(new[] { At(12, 1), At(12, 2) }), "the one due at the very moment is not lost, and the next one waits for it");
    }

    [Test]
    public async Task WhatIsSet_SurvivesARestart_AndEveryDeploymentThatHasTheSchedule()
    {
        await GoLiveAsync(typeof(EveryMinute));
        var id = CodeId();
        await SetAsync(id, new ScheduleRequest { Cron = "*/5 * * * *", CatchUp = CatchUpPolicy.None, Overlap = OverlapPolicy.Allow });
        await SetAsync("mine", new ScheduleRequest { Cron = "2 * * * *", CatchUp = CatchUpPolicy.None, Overlap = OverlapPolicy.Allow });
        await CrashAndRestartAsync();
        await GoLiveAsync(typeof(EveryMinute));
        await PassUntilAsync(At(12, 3));
        Host.Deploy(typeof(EveryMinuteQueued));
        await PassUntilAsync(At(12, 5));

        Assert.That(Times(), Is.EqualTo(new[] { At(12, 2), At(12, 5) }));
    }

    [Test]
    public async Task WhenTheCodesScheduleGoes_WhatIsSetForItRests_AndIsShown_UntilItComesBack()
    {
        await GoLiveAsync(typeof(EveryMinute));
        var id = CodeId();
        await SetAsync(id, new ScheduleRequest { Cron = "*/5 * * * *" });
        await SwapAsync(typeof(EveryTwoMinutes));
        Assert.That(Of(id).Inactive, Does.StartWith("The live version has no schedule \"* * * * *\" in UTC any more"));
        Assert.That((Of(id).Next.Count, Of(id).Code!.Cron), Is.EqualTo((0, "* * * * *")));
        await PassUntilAsync(At(12, 2));
        await EndAsync(await NextForAsync(At(12, 2)));

        await SwapAsync(typeof(EveryMinute));
        Assert.That(Of(id).Inactive, Is.Null);
        await PassUntilAsync(At(12, 5));

        Assert.That(Times(), Is.EqualTo(new[] { At(12, 2), At(12, 5) }));
    }

    [Test]
    public async Task WhatIsWrong_IsAllNamed_ByField_AndNothingIsSet()
    {
        await GoLiveAsync(typeof(HourlyWithParameters));
        var wrong = new ScheduleRequest
        {
            Cron = "61 * * * *", TimeZone = "Berlin", Overlap = (OverlapPolicy)9, CatchUp = (CatchUpPolicy)9, CatchUpWindow = "0s", Jitter = "2d", From = "soon", Until = "later",
            Parameters = new JsonObject { ["Days"] = 11, ["Hours"] = 1 },
        };

        var refused = await RefusedAsync("no name!", wrong);

        Assert.That(refused.Errors.Keys, Is.EquivalentTo(new[]
        {
            "id", "cron", "timeZone", "overlap", "catchUp", "catchUpWindow", "jitter", "parameters.Days", "parameters.Hours",
        }), "the window waits for the zone that it is meant in");
        Assert.That(Host.Schedules.Of(Live()), Has.Exactly(1).Items);
        Assert.That(
            (await RefusedAsync("mine", wrong with { Cron = "@daily", TimeZone = null })).Errors.Keys,
            Is.SupersetOf(new[] { "from", "until" }));
        Assert.That((await RefusedAsync("mine", new ScheduleRequest())).Errors["cron"].Single(), Does.StartWith("The expression is empty."));
    }

    [Test]
    public async Task AScheduleOfAScriptThatNeedsParameters_HasToHaveThem()
    {
        await GoLiveAsync(typeof(NeedsDays));

        Assert.That(
            (await RefusedAsync("mine", new ScheduleRequest { Cron = "@hourly" })).Errors["parameters.Days"].Single(),
            Is.EqualTo("'Days' is missing."));
        await SetAsync("mine", new ScheduleRequest { Cron = "@hourly", Parameters = new JsonObject { ["Days"] = 3 } });
    }

    [TestCase("Shop.Nothing", "mine")]
    [TestCase(Job, "0123abcd", Description = "looks like one of the code's, and is none")]
    public async Task WhatDoesNotExist_CannotBeOverridden(string script, string schedule)
    {
        await GoLiveAsync(typeof(EveryMinute));

        await Assert.ThrowsAsync<NotFoundException>(() => Host.Schedules.SetAsync(script, schedule, new ScheduleRequest { Cron = "@daily" }, default));
    }

    [Test]
    public async Task WhatIsNotSet_CannotBeTakenBack()
    {
        await GoLiveAsync(typeof(EveryMinute));

        await Assert.ThrowsAsync<NotFoundException>(() => Host.Schedules.ResetAsync(Job, CodeId(), default));
    }

    [Test]
    public async Task AMarkThatOnlyTheDiskRemembers_DoesNotBringPastTimesBack()
    {
        await GoLiveAsync(typeof(EveryMinuteByAllMeans));
        await PassUntilAsync(At(12, 1));
        await EndAsync(await NextForAsync(At(12, 1)));
        var id = CodeId();
        await CrashAndRestartAsync();

        // Set while nothing was live, as if the host had died before the old mark was taken back.
        await Host.Overrides.SetAsync(new(Job, id, new CodeSchedule("* * * * *", "UTC"), new ScheduleRequest { Cron = "0 0 * * *" }, At(12, 1)), default);
        await GoLiveAsync(typeof(EveryMinuteByAllMeans));
        await PassUntilAsync(At(12, 5).AddSeconds(30));
        await Host.Schedules.ResetAsync(Job, id, default);
        await PassUntilAsync(At(12, 6));

        Assert.That(Times(), Is.EqualTo(new[] { At(12, 1), At(12, 6) }));
    }

    [Test]
    public async Task OverriddenWhilePaused_TheTimesOfThePauseAreInTheLedger()
    {
        await GoLiveAsync(typeof(EveryMinuteByAllMeans));
        await PauseAsync(true);
        await PassUntilAsync(At(12, 3).AddSeconds(30));

        await SetAsync(CodeId(), new ScheduleRequest { Cron = "0 0 * * *" });

        var row = Host.Occurrences.List(new OccurrenceQuery()).Items.Single();
        Assert.That((row.Outcome, row.Due, row.Until, row.Count), Is.EqualTo((OccurrenceOutcome.SkippedPaused, At(12, 1), At(12, 3), 3L)));
    }

    [Test]
    public async Task WhatIsShown_IsWhatWillRun()
    {
        await GoLiveAsync(typeof(EveryMinute));
        await PassUntilAsync(At(12, 5));
        Time.AdjustTime(At(11, 55));
        Assert.That(Of(CodeId()).Next[0], Is.EqualTo(At(12, 6)), "what had its turn before the clock was set back has had it");

        await Host.Scripts.SetPausedAsync(Job, true, default);
        Assert.That(Of(CodeId()).Next, Is.Empty);
    }

    [TestCase("none")]
    [TestCase(" None ")]
    public async Task TheWindowOfTheCode_CanBeTakenAway(string none)
    {
        await GoLiveAsync(typeof(EveryMinuteForAWhile));

        var set = await SetAsync(CodeId(), new ScheduleRequest { Until = none, Overlap = OverlapPolicy.Allow });
        await PassUntilAsync(At(12, 3));

        Assert.That((set.From, set.Until), Is.EqualTo(((DateTimeOffset?)null, (DateTimeOffset?)null)));
        Assert.That(Times(), Is.EqualTo(new[] { At(12, 1), At(12, 2), At(12, 3) }));
    }

    [Test]
    public async Task TakenBackAnInstantAgo_ItIsNotBehind()
    {
        // Nothing that the scheduler decides reaches the disk.
        Host.Deploy(typeof(EveryMinute));
        await Host.Schedules.SetAsync(Job, CodeId(), new ScheduleRequest { Cron = "0 0 * * *" }, default);
        Time.Advance(TimeSpan.FromHours(1));
        await Host.Schedules.ResetAsync(Job, CodeId(), default);

        Host.ScheduleWatch.Look();
        Assert.That(Host.Problems.All, Is.Empty);
        Time.Advance(TimeSpan.FromMinutes(3));
        Host.ScheduleWatch.Look();
        Assert.That(Host.Problems.All, Has.One.Contains("which was due at 2026-01-01 13:01:00Z"));
    }

    [Test]
    public async Task TheWatch_LooksAtWhatIsSet()
    {
        await GoLiveAsync(typeof(EveryMinute));
        await SetAsync(CodeId(), new ScheduleRequest { Disabled = true });
        Time.Advance(TimeSpan.FromMinutes(5));

        Host.ScheduleWatch.Look();

        Assert.That(Host.Problems.All, Is.Empty);
    }

    [Test]
    public async Task ASecret_ReachesTheScript_IsShownNowhere_AndStaysWhenItIsSetAsItIsShown()
    {
        Host.Deploy(typeof(SignIn));
        await Host.Scheduler.StartAsync(CancellationToken.None);
        var wanted = new ScheduleRequest { Cron = "* * * * *", Parameters = new JsonObject { ["user"] = "ada", ["password"] = "swordfish" } };
        var set = await Host.Schedules.SetAsync("Shop.SignIn", "mine", wanted, default);
        Assert.That(set.Parameters!.ToJsonString(), Is.EqualTo("""{"User":"ada","Password":"***"}"""));
        Assert.That(set.Set!.Parameters!.ToJsonString(), Is.EqualTo(set.Parameters.ToJsonString()));
        Assert.That(Host.Overrides.Of("Shop.SignIn").Single().Request.Parameters!.ToJsonString(), Does.Not.Contain("swordfish"));

        await Host.Schedules.SetAsync("Shop.SignIn", "mine", set.Set with { Overlap = OverlapPolicy.Queue }, default);
        await PassUntilAsync(At(12, 1));

        Assert.That(((SignIn)(await NextForAsync(At(12, 1))).Script).Password, Is.EqualTo("swordfish"));
    }

    private PluginHost.Scripts.ScriptDescriptor Live() => Host.Live.Current.Scripts[Job].Descriptor;

    private string CodeId() => Host.Schedules.Of(Live()).First(schedule => schedule.Origin != ScheduleOrigin.Added).Id;

    private ScheduleInfo Of(string id) => Host.Schedules.Of(Live()).Single(schedule => schedule.Id == id);

    private async Task<ScheduleInfo> SetAsync(string id, ScheduleRequest request)
    {
        var set = await Host.Schedules.SetAsync(Job, id, request, default);
        await SettleAsync();
        return set;
    }

    private async Task<InvalidScheduleException> RefusedAsync(string id, ScheduleRequest request) =>
        (await Assert.ThrowsAsync<InvalidScheduleException>(() => SetAsync(id, request)))!;
}
