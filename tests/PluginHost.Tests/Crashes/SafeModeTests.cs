using PluginHost.Tests.Running;
using PluginHost.Tests.Scheduling;

namespace PluginHost.Tests.Crashes;

/// <summary>The host is in safe mode: it starts nothing by itself.</summary>
public sealed class SafeModeTests : SchedulerTestBase
{
    private bool _safe = true;

    private protected override void Configure(PluginHostOptions options) => options.SafeMode = _safe;

    [Test]
    public async Task ASchedule_StartsNothing_AndCatchesUpWhenItIsLeft()
    {
        await GoLiveAsync(typeof(EveryMinute));
        await PassUntilAsync(At(12, 3));
        Assert.That((Stage.HasNext, Host.Problems.All.Count), Is.EqualTo((false, 1)));

        Host.SafeMode.Leave();
        Host.Scheduler.SafeModeLeft();

        await NextForAsync(At(12, 3), RunTrigger.CatchUp);
        await SettleAsync();
        var missed = Host.Occurrences.List(new OccurrenceQuery()).Items[^1];
        Assert.That((missed.Outcome, missed.Due, missed.Until), Is.EqualTo((OccurrenceOutcome.Missed, At(12, 1), At(12, 2))));
        Assert.That(Host.Problems.All, Is.Empty);
    }

    [Test]
    public async Task AScript_RunsByHand_AndIsNotTriedAgain()
    {
        Host.Deploy(typeof(Retried));
        var run = await Host.StartAsync("Retried");
        (await Stage.NextAsync()).Fail(new InvalidOperationException("Not yet."));

        Assert.That((await Host.EndOfAsync(run)).State, Is.EqualTo(RunState.Failed));
        Assert.That(Host.Runs.List(new RunQuery()).Items, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task RunsThatWaited_WaitOn_UntilItIsLeft()
    {
        Host.SafeMode.Leave();
        Host.Deploy(typeof(OneAtATime));
        await Host.StartAsync("OneAtATime");
        await Stage.NextAsync();
        var waiting = await Host.StartAsync("OneAtATime");
        await CrashAndRestartAsync();
        await Host.Runs.StartAsync(CancellationToken.None);
        Host.Deploy(typeof(OneAtATime));
        Host.Readiness.Loaded();
        Assert.That(Host.Runs.Get(waiting.Id).State, Is.EqualTo(RunState.Queued));

        Host.SafeMode.Leave();

        Assert.That((await Stage.NextAsync()).Context.RunId, Is.EqualTo(waiting.Id));
    }

    [Test]
    public void AHostThatIsNot_HasNoProblem()
    {
        _safe = false;

        using var data = new PluginHost.TestInfra.TestDirectory();
        var host = new RunningHost(data.Path, Time, Configure);

        Assert.That((host.SafeMode.IsOn, host.Problems.All.Count), Is.EqualTo((false, 0)));
        host.Database.Dispose();
        host.Data.Dispose();
    }
}
