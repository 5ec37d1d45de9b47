using PluginHost.History;

namespace PluginHost.Tests.Running;

/// <summary>What becomes of runs when the host stops or dies, and comes up again.</summary>
public sealed class RunRecoveryTests : RunTestBase
{
    private protected override void Configure(PluginHostOptions options) => options.Runs.MaxConcurrent = 1;

    [Test]
    public async Task ARunThatWaited_WhenTheHostDied_RunsOnceTheScriptsAreKnown()
    {
        var waiting = await OneUnderWayAndOneWaitingAsync();

        await RestartAsync(CrashAndRestartAsync);
        Assert.That(Host.Runs.Get(waiting.Id).State, Is.EqualTo(RunState.Queued));
        Host.Deploy(typeof(Plain));
        Assert.That(Stage.HasNext, Is.False, "the first load has not ended");
        Host.Readiness.Loaded();

        (await Stage.NextAsync()).End();
        Assert.That((await Host.EndOfAsync(waiting)).State, Is.EqualTo(RunState.Succeeded));
    }

    [Test]
    public async Task ARunThatWaited_WhenTheHostStopped_RunsAfterTheNextStart()
    {
        var waiting = await OneUnderWayAndOneWaitingAsync();
        await Host.Runs.StopAsync(CancellationToken.None);
        Assert.That(Host.Store.Find(waiting.Id)!.State, Is.EqualTo(RunState.Queued));

        await RestartAsync(CrashAndRestartAsync);
        Host.Deploy(typeof(Plain));
        Host.Readiness.Loaded();

        Assert.That((await Stage.NextAsync()).Context.RunId, Is.EqualTo(waiting.Id));
    }

    [Test]
    public async Task RunsThatWaited_KeepTheirOrder()
    {
        Host.Deploy(typeof(Plain));
        var runs = new List<RunInfo>();
        for (var i = 0; i < 5; i++)
        {
            runs.Add(await Host.StartAsync("Plain"));
        }

        await RestartAsync(CrashAndRestartAsync);
        Host.Deploy(typeof(Plain));
        Host.Readiness.Loaded();

        foreach (var run in runs.Skip(1))
        {
            var script = await Stage.NextAsync();
            Assert.That(script.Context.RunId, Is.EqualTo(run.Id));
            script.End();
        }
    }

    [Test]
    public async Task ARunThatWaited_WhoseScriptIsGone_FailsAndSaysSo()
    {
        var waiting = await OneUnderWayAndOneWaitingAsync();

        await RestartAsync(CrashAndRestartAsync);
        Host.Readiness.Loaded();

        Assert.That((await Host.EndOfAsync(waiting)).Error!.Message, Is.EqualTo("There is no script 'Shop.Plain'."));
    }

    [Test]
    public async Task ARunThatWaited_CanBeCancelled_BeforeTheScriptsAreKnown()
    {
        var waiting = await OneUnderWayAndOneWaitingAsync();
        await RestartAsync(CrashAndRestartAsync);

        Host.Runs.CancelHere(waiting.Id);

        Assert.That((await Host.EndOfAsync(waiting)).State, Is.EqualTo(RunState.Cancelled));
        Host.Deploy(typeof(Plain));
        Host.Readiness.Loaded();
        Assert.That(Host.Runs.Counts, Is.EqualTo((0, 0)));
    }

    [Test]
    public async Task AHostThatStopsBeforeTheScriptsAreKnown_LeavesWhatWaits()
    {
        var waiting = await OneUnderWayAndOneWaitingAsync();
        await RestartAsync(CrashAndRestartAsync);

        await Host.Runs.StopAsync(CancellationToken.None);

        Assert.That(Host.Store.Find(waiting.Id)!.State, Is.EqualTo(RunState.Queued));
    }

    [Test]
    public async Task ALostRun_IsRunAgainOnce_WhereTheScriptAsksForIt()
    {
        Host.Deploy(typeof(Rerun));
        var lost = await Host.StartAsync("Rerun", new RunRequest { RequestedBy = "ann" });
        await Stage.NextAsync();

        await RestartAsync(CrashAndRestartAsync);
        Host.Deploy(typeof(Rerun));
        Host.Readiness.Loaded();
        var again = Host.Runs.Get((await Stage.NextAsync()).Context.RunId);
        Assert.That((Host.Runs.Get(lost.Id).State, again.FirstRun, again.Attempt, again.Trigger, again.RequestedBy), Is.EqualTo((RunState.Lost, lost.Id, 2, RunTrigger.Retry, "ann")));

        await RestartAsync(CrashAndRestartAsync);
        Host.Deploy(typeof(Rerun));
        Host.Readiness.Loaded();
        Assert.That(Host.Runs.Get(again.Id).State, Is.EqualTo(RunState.Lost));
        Assert.That(Host.Runs.List(new RunQuery()).Items, Has.Count.EqualTo(2), "once");
    }

    [Test]
    public async Task ALostRetry_IsRunAgainOnce_Too()
    {
        Host.Deploy(typeof(RetriedAndRerun));
        var first = await Host.StartAsync("RetriedAndRerun");
        (await Stage.NextAsync()).Fail(new InvalidOperationException("Not yet."));
        await Host.EndOfAsync(first);
        await Host.UntilAsync(() => Host.Runs.List(new RunQuery()).Items is [{ Attempt: 2 }, _]);
        Time.Advance(TimeSpan.FromSeconds(12));
        Assert.That((await Stage.NextAsync()).Context.Attempt, Is.EqualTo(2));

        await RestartAsync(CrashAndRestartAsync);
        Host.Deploy(typeof(RetriedAndRerun));
        Host.Readiness.Loaded();
        var again = Host.Runs.Get((await Stage.NextAsync()).Context.RunId);
        Assert.That((again.Attempt, again.FirstRun, again.RerunWhenLost), Is.EqualTo((3, first.Id, false)));

        await RestartAsync(CrashAndRestartAsync);
        Assert.That(Host.Runs.List(new RunQuery()).Items.Select(run => run.State), Is.EqualTo(new[] { RunState.Lost, RunState.Lost, RunState.Failed }));
    }

    [Test]
    public async Task ARunThatIsBeingStoredToWait_WhenTheHostStops_RunsAfterTheNextStart()
    {
        Host.Deploy(typeof(Plain));
        await Host.StartAsync("Plain");
        await Stage.NextAsync();
        using var disk = await SlowDisk.OfAsync(Host.Database);
        var starting = Host.StartAsync("Plain");
        var stopping = Host.Runs.StopAsync(CancellationToken.None);
        disk.Release();

        var waiting = await starting.WaitAsync(RunningHost.HangLimit);
        await stopping.WaitAsync(RunningHost.HangLimit);

        Assert.That((waiting.State, Host.Store.Find(waiting.Id)!.State), Is.EqualTo((RunState.Queued, RunState.Queued)));
    }

    [Test]
    public async Task AnOccurrenceWhoseRunCannotBeStoredAsBegun_IsMissed_AndNothingRan()
    {
        Host.Deploy(typeof(Plain), typeof(Other));
        await Host.StartAsync("Other");
        var other = await Stage.NextAsync();
        var due = Time.GetUtcNow();
        var run = await Host.Runs.StartScheduledAsync(Host.Live.Current.Scripts["Shop.Plain"], OverlapPolicy.Skip, due, RunTrigger.Schedule, new ScheduleMark("Shop.Plain", "key", due));
        await Host.FillDiskAsync();
        var retried = Time.TimerOf(TimeSpan.FromSeconds(1));

        other.End();
        var ended = await Host.EndOfAsync(run!);
        await retried;
        await Host.EmptyDiskAsync();
        Time.Advance(TimeSpan.FromSeconds(1));
        await Host.StoredAsync(run!.Id, RunState.Failed);

        Assert.That((ended.State, ended.StartedAt), Is.EqualTo((RunState.Failed, (DateTimeOffset?)null)));
        Assert.That(ended.Error!.Message, Does.Contain("constraint"));
        Assert.That(Host.Occurrences.List(new OccurrenceQuery()).Items.Single(), Has.Property("Outcome").EqualTo(OccurrenceOutcome.Missed).And.Property("Reason").EqualTo("its run could not begin"));
        Assert.That(Stage.HasNext, Is.False);
    }

    [Test]
    public async Task ARetry_SurvivesACrash_OnTheVersionOfTheFirstTry()
    {
        var first = Host.Deploy(typeof(Retried));
        var run = await Host.StartAsync("Retried");
        (await Stage.NextAsync()).Fail(new InvalidOperationException("Not yet."));
        await Host.EndOfAsync(run);

        await RestartAsync(CrashAndRestartAsync);
        var retry = Host.Runs.List(new RunQuery()).Items[0];

        Assert.That((retry.State, retry.Attempt, retry.FirstRun, retry.Version), Is.EqualTo((RunState.Queued, 2, run.Id, first.Id)));
        Assert.That(retry.StartAt, Is.GreaterThan(Time.GetUtcNow()));
    }

    [Test]
    public async Task AnOccurrenceWhoseRunWaited_IsPending_UntilTheRunBegins()
    {
        Host.Deploy(typeof(Plain), typeof(Other));
        await Host.StartAsync("Other");
        await Stage.NextAsync();
        var due = Time.GetUtcNow();
        var run = await Host.Runs.StartScheduledAsync(Host.Live.Current.Scripts["Shop.Plain"], OverlapPolicy.Skip, due, RunTrigger.Schedule, new ScheduleMark("Shop.Plain", "key", due));

        await RestartAsync(CrashAndRestartAsync);
        Assert.That(Outcome(), Is.EqualTo(OccurrenceOutcome.Pending));
        Time.Advance(TimeSpan.FromMinutes(1));
        Host.Deploy(typeof(Plain));
        Host.Readiness.Loaded();
        await Stage.NextAsync();

        Assert.That((Outcome(), Host.Runs.Get(run!.Id).Exclusive), Is.EqualTo((OccurrenceOutcome.Late, true)));

        OccurrenceOutcome Outcome() => Host.Occurrences.List(new OccurrenceQuery()).Items.Single().Outcome;
    }

    private async Task RestartAsync(Func<Task> restart)
    {
        await restart();
        await Host.Runs.StartAsync(CancellationToken.None);
    }

    private async Task<RunInfo> OneUnderWayAndOneWaitingAsync()
    {
        Host.Deploy(typeof(Plain));
        await Host.StartAsync("Plain");
        await Stage.NextAsync();
        return await Host.StartAsync("Plain");
    }
}
