using PluginHost.Tests.Running;
using PluginHost.Tests.Scheduling;

namespace PluginHost.Tests.Crashes;

/// <summary>The host dies with a script under way, again and again, and comes up.</summary>
public sealed class QuarantineTests : SchedulerTestBase
{
    [Test]
    public async Task AScript_ThatWasUnderWayAlone_AtTwoCrashes_IsNotStarted_UntilItIsAllowed()
    {
        await CrashWithAsync(typeof(Plain));
        Assert.That(Host.Quarantines.Of(Live("Plain")), Is.Null);
        await CrashWithAsync(typeof(Plain));

        var refused = await Assert.ThrowsAsync<ConflictException>(() => Host.StartAsync("Plain"));
        Assert.That(refused.Message, Does.Contain("is in quarantine").And.Contain("died 2 times").And.Contain("pluginhost allow Shop.Plain"));
        Assert.That(Host.Problems.All.Single(), Does.Contain("'Shop.Plain' is in quarantine"));

        await Host.Quarantines.AllowAsync(Live("Plain"), CancellationToken.None);
        Assert.That(Host.Problems.All, Is.Empty);
        await CrashWithAsync(typeof(Plain));
        Assert.That(Host.Quarantines.Of(Live("Plain")), Is.Null, "it begins anew");
    }

    [Test]
    public async Task ANewVersion_IsNotInQuarantine_AndTheOldOneStays()
    {
        await CrashWithAsync(typeof(Plain));
        await CrashWithAsync(typeof(Plain));
        var old = Host.Live.Current.Plugins[RunningHost.Plugin].Version.Id;

        Host.Deploy(typeof(Plain));
        await Host.StartAsync("Plain");
        await Stage.NextAsync();

        Assert.That(Host.Problems.All, Is.Empty);
        Assert.That(Host.Quarantines.Of("Shop.Plain", old), Is.Not.Null);
    }

    [Test]
    public async Task TwoScripts_ThatWereUnderWayTogether_AreSuspectedAtTheThirdCrash()
    {
        for (var crash = 1; crash <= 3; crash++)
        {
            Assert.That(Host.Problems.All, Is.Empty);
            await CrashWithAsync(typeof(Plain), typeof(Other));
        }

        Assert.That(Host.Problems.All.Select(problem => problem.Split('\'')[1]), Is.EquivalentTo(new[] { "Shop.Plain", "Shop.Other" }));
    }

    [Test]
    public async Task AHostThatStopsInGoodOrder_SuspectsNobody()
    {
        for (var stop = 0; stop < 5; stop++)
        {
            Host.Deploy(typeof(Plain));
            await Host.StartAsync("Plain");
            await Stage.NextAsync();
            await Host.Runs.StopAsync(CancellationToken.None);
            await RestartAsync(typeof(Plain));
        }

        Assert.That(Host.Problems.All, Is.Empty);
    }

    [Test]
    public async Task ALostRun_OfASuspectedScript_IsNotRunAgain()
    {
        await CrashWithAsync(typeof(Rerun));
        await Stage.NextAsync();
        await RestartAsync(typeof(Rerun));

        Assert.That(Host.Quarantines.Of(Live("Rerun")), Is.Not.Null);
        Assert.That(Host.Runs.List(new RunQuery()).Items.Select(run => run.State), Is.All.EqualTo(RunState.Lost));
    }

    [Test]
    public async Task ARunThatWaited_OfASuspectedScript_IsCancelled_AndSaysWhy()
    {
        await CrashWithAsync(typeof(OneAtATime));
        await Host.StartAsync("OneAtATime");
        await Stage.NextAsync();
        await Host.StartAsync("OneAtATime");
        await RestartAsync(typeof(OneAtATime));

        var waiting = Host.Runs.List(new RunQuery()).Items[0];
        var ended = await Host.EndOfAsync(waiting);

        Assert.That((ended.State, ended.StartedAt), Is.EqualTo((RunState.Cancelled, (DateTimeOffset?)null)));
        Assert.That(ended.Error!.Message, Does.Contain("is in quarantine"));
        Assert.That(Stage.HasNext, Is.False);
    }

    [Test]
    public async Task TimesThatFallDue_AreAccountedForAtOnce_AndGoOnWhenItIsAllowed()
    {
        await CrashWithAsync(typeof(EveryMinute));
        await CrashWithAsync(typeof(EveryMinute));
        await Host.Scheduler.StartAsync(CancellationToken.None);
        await PassUntilAsync(At(12, 3));

        var row = Host.Occurrences.List(new OccurrenceQuery()).Items.Single();
        Assert.That((row.Outcome, row.Due, row.Until, row.Count), Is.EqualTo((OccurrenceOutcome.SkippedPaused, At(12, 1), At(12, 3), 3L)));
        Assert.That(row.Reason, Does.Contain("quarantine"));

        await Host.Quarantines.AllowAsync(Live("Job"), CancellationToken.None);
        await PassUntilAsync(At(12, 4));
        await NextForAsync(At(12, 4));
        Assert.That(Host.Occurrences.List(new OccurrenceQuery()).Items, Has.Count.EqualTo(2), "nothing is caught up");
    }

    private PluginHost.Swapping.LiveScript Live(string script) => Host.Live.Current.Scripts[$"{RunningHost.Plugin}.{script}"];

    /// <summary>Each of the scripts is under way when the host dies; it comes up again with the same version.</summary>
    private async Task CrashWithAsync(params Type[] scripts)
    {
        if (Host.Live.Current.Plugins.Count == 0)
        {
            Host.Deploy(scripts);
        }

        foreach (var script in Host.Live.Current.Scripts.Values)
        {
            await Host.StartAsync(script.Descriptor.Name);
            await Stage.NextAsync();
        }

        await RestartAsync(scripts);
    }

    private async Task RestartAsync(params Type[] scripts)
    {
        await CrashAndRestartAsync();
        Time.Advance(TimeSpan.FromSeconds(1));
        await Host.Runs.StartAsync(CancellationToken.None);
        Host.Deploy(scripts);
        Host.Readiness.Loaded();
    }
}
