using System.Diagnostics;
using PluginHost.Isolation;
using PluginHost.Tests.Running;

namespace PluginHost.Tests.Isolation;

/// <summary>From when to when there is a worker process.</summary>
public sealed class WorkerLifeTests : WorkerTestBase
{
    private PluginHostOptions _options = null!;

    private protected override void Configure(PluginHostOptions options)
    {
        _options = options;
        options.Isolation.IdleTime = TimeSpan.FromMinutes(3);
    }

    [Test]
    public async Task RunsOfAVersion_ShareAWorker_WhichIsEndedWhenItHasHadNothingToDo()
    {
        Host.Deploy(typeof(Acting));
        var first = await ActAsync("");
        Time.Advance(_options.Isolation.IdleTime / 2);
        var second = await ActAsync("");
        Time.Advance(_options.Isolation.IdleTime / 2);
        var third = await ActAsync("");
        using var worker = Process.GetProcessById((int)third.Result!);
        Assert.That((int)first.Result!, Is.EqualTo((int)second.Result!).And.EqualTo((int)third.Result!));

        Time.Advance(_options.Isolation.IdleTime);

        await EndOfAsync(worker);
        Assert.That((int)(await ActAsync("")).Result!, Is.Not.EqualTo((int)first.Result!));
    }

    [Test]
    public async Task ASwap_LeavesTheOldWorkerToItsRuns_AndGivesTheNewVersionItsOwnAtOnce()
    {
        Host.Deploy(typeof(Acting));
        var old = await StartAsync("wait");
        await UntilActingAsync(old);
        using var oldWorker = Process.GetProcessById((int)Host.Runs.Get(old.Id).Result!);

        Host.Deploy(typeof(Acting));
        var onNew = await ActAsync("");

        Assert.That((int)onNew.Result!, Is.Not.EqualTo(oldWorker.Id));
        Assert.That(Host.Runs.Get(old.Id).State, Is.EqualTo(RunState.Running));
        Host.Runs.Cancel(old.Id);
        await Host.EndOfAsync(old);
        await EndOfAsync(oldWorker);
        Assert.That(Process.GetProcessById((int)onNew.Result!).HasExited, Is.False);
    }

    [Test]
    public async Task WorkerPerRun_GivesEachRunItsOwn_AndEndsItWithTheRun()
    {
        _options.Isolation.WorkerPerRun = true;
        Host.Deploy(typeof(Acting));
        var waiting = await StartAsync("wait");
        await UntilActingAsync(waiting);

        var died = await ActAsync("exit");

        Assert.That(died.Error!.Type, Is.EqualTo("WorkerDied"));
        Assert.That(Host.Runs.Get(waiting.Id).State, Is.EqualTo(RunState.Running), "it has a worker of its own");
        using var worker = Process.GetProcessById((int)Host.Runs.Get(waiting.Id).Result!);
        Host.Runs.Cancel(waiting.Id);
        await Host.EndOfAsync(waiting);
        await EndOfAsync(worker);
    }

    [Test]
    public async Task StoppingTheHost_EndsTheWorkers_WithWhatTheyStarted_AndTheirFolders()
    {
        Host.Deploy(typeof(Acting));
        var worker = Process.GetProcessById((int)(await ActAsync("")).Result!);
        var left = Process.GetProcessById((int)(await ActAsync("leave a process")).Result!);

        Host.Workers.Dispose();

        await EndOfAsync(worker);
        await EndOfAsync(left);
        Assert.That(() => Directory.GetDirectories(Host.Data.Workers), Is.Empty.After(10_000, 20));
        var late = await ActAsync("");
        Assert.That((late.State, late.Error!.Type), Is.EqualTo((RunState.Failed, "WorkerNotStarted")));
    }

    [Test]
    public async Task AWorkerThatCannotStart_IsTriedAgainLaterAndLater_AndItsRunsSayWhy()
    {
        Host.Deploy([typeof(Acting)], assembly: "NoSuchPlugin.dll");

        var first = await ActAsync("");
        var second = await ActAsync("");
        Time.Advance(TimeSpan.FromSeconds(1));
        var third = await ActAsync("");
        Time.Advance(TimeSpan.FromSeconds(1));
        var fourth = await ActAsync("");

        Assert.Multiple(() =>
        {
            Assert.That((first.State, first.Error!.Type), Is.EqualTo((RunState.Failed, "WorkerNotStarted")));
            Assert.That(first.Error!.Message, Does.Contain("could not load it").And.Contain("NoSuchPlugin"));
            Assert.That(second.Error!.Message, Does.EndWith("the next try is made in 1 s at the soonest."));
            Assert.That(third.Error!.Message, Is.EqualTo(first.Error!.Message), "it was tried again");
            Assert.That(fourth.Error!.Message, Does.EndWith("the next try is made in 1 s at the soonest."), "of two seconds");
        });
    }

    [Test]
    public async Task ACancelledRun_DoesNotWaitForAWorkerThatStarts()
    {
        Host.Deploy(typeof(Acting));
        var run = await StartAsync("wait");

        Host.Runs.Cancel(run.Id);

        Assert.That((await Host.EndOfAsync(run)).State, Is.EqualTo(RunState.Cancelled));
    }

    [Test]
    public void ALimitThatIsNotEnforced_IsSaid()
    {
        var options = new PluginHostOptions { Isolation = { MaxCpus = 0.5, MaxMemoryBytes = 1 << 30 } };
        var lines = new LogLines<WorkerLimits>();
        using var limits = new WorkerLimits(Microsoft.Extensions.Options.Options.Create(options), lines);

        var shortcoming = limits.Shortcoming;

        Assert.That(lines.Lines, Is.EqualTo(shortcoming is null ? [] : new[] { $"Warning 724: {shortcoming}" }), "once");
        Assert.That(shortcoming, Is.Null.Or.StartsWith("PluginHost:Isolation:MaxCpus is not enforced, and MaxMemoryBytes only for the .NET heap, because "));
    }

    private async Task<RunInfo> ActAsync(string what) => await Host.EndOfAsync(await StartAsync(what));

    private static Task EndOfAsync(Process process) => process.WaitForExitAsync().WaitAsync(RunningHost.HangLimit);
}
