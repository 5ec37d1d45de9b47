using System.Diagnostics;
using System.Text.Json.Nodes;
using PluginHost.Tests.Running;

namespace PluginHost.Tests.Isolation;

/// <summary>Scripts that go wrong in a worker take the worker with them, and nothing else.</summary>
[Platform(Exclude = "Win", Reason = "Exit codes and signals are those of Unix.")]
public sealed class WorkerDeathTests : WorkerTestBase
{
    private protected override void Configure(PluginHostOptions options)
    {
        options.Runs.CancelGrace = Grace;
        options.Isolation.MaxMemoryBytes = 200 << 20;
    }

    [SetUp]
    public void Deploy() => Host.Deploy(typeof(Acting), typeof(InHost));

    [TestCase("overflow", "ended with exit code 134 (SIGABRT)", "Stack overflow.")]
    [TestCase("exit", "ended with exit code 7", null)]
    [TestCase("kill", "ended with exit code 137 (SIGKILL), as when the system takes a process's memory back at the 209715200 bytes", null)]
    [TestCase("throw elsewhere", "ended with exit code 134 (SIGABRT)", "On a thread of its own.")]
    public async Task ItsDeath_FailsItsRuns_AndTheNextRunGetsAnother(string what, string how, string? output)
    {
        var bystander = await StartAsync("wait");
        await UntilActingAsync(bystander);
        var run = await Host.EndOfAsync(await StartAsync(what));
        var ended = await Host.EndOfAsync(bystander);

        Assert.Multiple(() =>
        {
            Assert.That((run.State, run.Error!.Type), Is.EqualTo((RunState.Failed, "WorkerDied")));
            Assert.That((int)ended.Result!, Is.EqualTo((int)run.Result!), "they shared a worker");
            Assert.That((ended.State, ended.Error!.Type), Is.EqualTo((RunState.Failed, "WorkerDied")), "the other run in the worker");
            Assert.That(run.Error!.Message, Does.Contain(how));
            Assert.That(run.Error.StackTrace, output is null ? Is.Null : Does.Contain(output));
            Assert.That(run.Progress, Is.EqualTo(new RunProgress(0.5, what)), "what it said before is kept");
        });
        Assert.That(await Host.LogOfAsync(run), Has.Some.StartsWith("ERR WorkerDied: The worker process"));

        var next = await Host.EndOfAsync(await StartAsync(""));
        Assert.That(next.State, Is.EqualTo(RunState.Succeeded));
        Assert.That((int)next.Result!, Is.Not.EqualTo((int)run.Result!));
    }

    [Test]
    public async Task TooMuchMemory_IsAnErrorOfTheScript()
    {
        var run = await Host.EndOfAsync(await StartAsync("fill"));

        Assert.That((run.State, run.Error!.Type), Is.EqualTo((RunState.Failed, "System.OutOfMemoryException")).Or.EqualTo((RunState.Failed, "WorkerDied")));
    }

    [Test]
    public async Task RunsInTheHost_AndInOtherWorkers_AreNotTouched()
    {
        var waiting = await StartAsync("wait");
        await UntilActingAsync(waiting);
        Host.Deploy(typeof(Acting), typeof(InHost));

        var died = await Host.EndOfAsync(await StartAsync("exit"));
        var inHost = await Host.EndOfAsync(await Host.StartAsync("InHost"));

        Assert.That((died.State, inHost.State), Is.EqualTo((RunState.Failed, RunState.Succeeded)));
        Assert.That((inHost.Isolation, (int)inHost.Result!), Is.EqualTo((ScriptIsolation.Host, Environment.ProcessId)));
        Assert.That(Host.Runs.Get(waiting.Id).State, Is.EqualTo(RunState.Running), "it is in the worker of the version before");
    }

    [Test]
    public async Task AScriptThatStopsWhenAsked_LeavesTheWorkerAsItIs()
    {
        var run = await StartAsync("wait");
        await UntilActingAsync(run);
        Host.Runs.Cancel(run.Id);
        var cancelled = await Host.EndOfAsync(run);
        var next = await Host.EndOfAsync(await StartAsync(""));

        Assert.That((cancelled.State, cancelled.Error), Is.EqualTo((RunState.Cancelled, (RunError?)null)));
        Assert.That((int)next.Result!, Is.EqualTo((int)cancelled.Result!));
    }

    [Test]
    public async Task AScriptThatDoesNotStop_IsEndedWithItsWorker()
    {
        var run = await StartAsync("spin");
        await UntilActingAsync(run);
        var worker = Process.GetProcessById((int)Host.Runs.Get(run.Id).Result!);
        Host.Runs.Cancel(run.Id);
        await Time.TimerOf(Grace);
        Time.Advance(Grace);

        var ended = await Host.EndOfAsync(run);
        await worker.WaitForExitAsync().WaitAsync(RunningHost.HangLimit);

        Assert.That((ended.State, ended.Error!.Type), Is.EqualTo((RunState.Cancelled, "Killed")));
        Assert.That(await Host.LogOfAsync(run), Is.EqualTo(new[] { "WRN The script did not stop within 00:00:31 of being asked to, and is given up on.", "WRN Its worker process was ended." }));
    }

    [Test]
    public async Task AScriptThatDoesNotStop_LeavesOtherRunsInItsWorkerTime_ThatTakesNoMore()
    {
        var (spinning, other) = (await StartAsync("spin"), await StartAsync("wait"));
        await UntilActingAsync(spinning);
        await UntilActingAsync(other);
        Host.Runs.Cancel(spinning.Id);
        await Time.TimerOf(Grace);
        Time.Advance(Grace);
        var ended = await Host.EndOfAsync(spinning);
        var next = await Host.EndOfAsync(await StartAsync(""));

        Assert.That((ended.State, ended.Error!.Type), Is.EqualTo((RunState.Cancelled, "Abandoned")));
        Assert.That(ended.Error.Message, Does.EndWith("Its worker process takes no more runs, and is ended when the other run in it has ended."));
        Assert.That((int)next.Result!, Is.Not.EqualTo((int)ended.Result!));
        Assert.That(Host.Runs.Get(other.Id).State, Is.EqualTo(RunState.Running));

        var worker = Process.GetProcessById((int)ended.Result!);
        Host.Runs.Cancel(other.Id);
        Assert.That((await Host.EndOfAsync(other)).State, Is.EqualTo(RunState.Cancelled));
        await worker.WaitForExitAsync().WaitAsync(RunningHost.HangLimit);
    }

    [Test]
    public async Task AScriptPastItsTimeLimit_IsTimedOut_AndEndedIfItDoesNotStop()
    {
        Host.Deploy(typeof(Spinning));
        var run = await Host.StartAsync("Spinning");
        await UntilActingAsync(run);
        Time.Advance(TimeSpan.FromMinutes(7));
        await Time.TimerOf(Grace);
        Time.Advance(Grace);

        var ended = await Host.EndOfAsync(run);

        Assert.That((ended.State, ended.Error!.Type), Is.EqualTo((RunState.TimedOut, "Killed")));
    }
}
