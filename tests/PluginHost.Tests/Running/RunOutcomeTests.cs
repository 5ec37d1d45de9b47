using Microsoft.Extensions.Logging;

namespace PluginHost.Tests.Running;

/// <summary>How a run ends, by what its script does.</summary>
public sealed class RunOutcomeTests : RunTestBase
{
    private protected override void Configure(PluginHostOptions options) => options.Runs.MaxResultBytes = 100;

    [Test]
    public async Task AScriptThatReturns_HasSucceeded_AndEverythingAboutItIsStored()
    {
        var version = Host.Deploy(typeof(Counting));
        var queued = await Host.StartAsync("counting", new RunRequest { Parameters = new() { ["Count"] = 3 }, RequestedBy = "ann" });
        var script = await Stage.NextAsync();
        script.Context.ReportProgress(0.5, "half");
        script.Context.SetResult(new { Sum = 7 });
        Time.Advance(TimeSpan.FromSeconds(2));
        script.End();
        await Host.EndOfAsync(queued);

        var run = Host.Store.Find(queued.Id)!;
        Assert.Multiple(() =>
        {
            Assert.That(((Counting)script.Script).Count, Is.EqualTo(3));
            Assert.That(run.State, Is.EqualTo(RunState.Succeeded));
            Assert.That((run.Script, run.Plugin, run.Version, run.Commit), Is.EqualTo(("Shop.Counting", "Shop", version.Id, version.Commit)));
            Assert.That((run.Trigger, run.Attempt, run.RequestedBy, run.Node), Is.EqualTo((RunTrigger.Manual, 1, "ann", "node")));
            Assert.That(run.DurationMs, Is.EqualTo(2000));
            Assert.That(run.Parameters!.ToJsonString(), Is.EqualTo("""{"Count":3}"""));
            Assert.That(run.Result!.ToJsonString(), Is.EqualTo("""{"sum":7}"""));
            Assert.That(run.Progress, Is.EqualTo(new RunProgress(0.5, "half")));
            Assert.That(run.Error, Is.Null);
        });
    }

    [Test]
    public async Task AScriptThatThrows_HasFailed_WithMessageAndStackAsText()
    {
        Host.Deploy(typeof(Plain));
        var run = await RunAsync((_, _) => throw new InvalidOperationException("No stock.", new IOException("Offline.")));

        Assert.Multiple(() =>
        {
            Assert.That(run.State, Is.EqualTo(RunState.Failed));
            Assert.That(run.Error!.Type, Is.EqualTo("System.InvalidOperationException"));
            Assert.That(run.Error.Message, Is.EqualTo("No stock."));
            Assert.That(run.Error.StackTrace, Does.Contain("Offline.").And.Contain(nameof(Stage.PerformAsync)));
        });
        Assert.That((await Host.LogOfAsync(run))[0], Is.EqualTo("ERR System.InvalidOperationException: No stock."));
    }

    [Test]
    public async Task AnExceptionThatFailsWhenAsked_StillEndsTheRun()
    {
        Host.Deploy(typeof(Plain));
        var run = await RunAsync((_, _) => throw new Mute());

        Assert.That(run.State, Is.EqualTo(RunState.Failed));
        Assert.That(run.Error!.Type, Does.EndWith(nameof(Mute)));
        Assert.That(run.Error.Message, Is.EqualTo("(the exception fails when it is asked for its text)"));
    }

    [Test]
    public async Task AResultThatIsTooLarge_FailsTheRun_AndSaysWhatToDo()
    {
        Host.Deploy(typeof(Plain));
        var run = await RunAsync((context, _) => Do(() => context.SetResult(new string('x', 99))));

        Assert.That(run.Error!.Message, Does.StartWith("The result is 101 bytes of JSON, and the host keeps at most 100 (PluginHost:Runs:MaxResultBytes)."));
        Assert.That(run.Result, Is.Null);
    }

    [TestCaseSource(nameof(NoResults))]
    public async Task AResultThatJsonDoesNotKnow_FailsTheRun_AndNamesItsType(object result, string message)
    {
        Host.Deploy(typeof(Plain));
        var run = await RunAsync((context, _) => Do(() => context.SetResult(result)));

        Assert.That((run.State, run.Error?.Type), Is.EqualTo((RunState.Failed, typeof(ArgumentException).FullName)));
        Assert.That(run.Error!.Message, Does.StartWith(message));
    }

    [Test]
    public async Task ADisposableScript_IsDisposed_BeforeItsRunEnds()
    {
        Host.Deploy(typeof(Cleaning));
        var run = await Host.StartAsync("Cleaning");
        (await Stage.NextAsync()).End();
        await Host.EndOfAsync(run);

        Assert.That(Stage.Disposed.Task.IsCompleted, Is.True);
    }

    [Test]
    public async Task AScriptThatFailsToDispose_HasSucceeded_AndItsLogSaysSo()
    {
        Host.Deploy(typeof(CleaningBadly));
        var run = await Host.StartAsync("CleaningBadly");
        (await Stage.NextAsync()).End();

        Assert.That((await Host.EndOfAsync(run)).State, Is.EqualTo(RunState.Succeeded));
        Assert.That(await Host.LogOfAsync(run), Is.EqualTo(new[] { "WRN Disposing the script failed: InvalidOperationException: Still in use." }));
    }

    [Test]
    public async Task ALogThatCannotBeWritten_DoesNotCostTheRun()
    {
        Host.Deploy(typeof(Plain));
        await File.WriteAllTextAsync(Host.Data.Logs, "a file where the folder should be");

        var run = await RunAsync((context, _) =>
        {
            context.Logger.LogInformation("Hello");
            return Task.CompletedTask;
        });

        Assert.That(run.State, Is.EqualTo(RunState.Succeeded));
        Assert.That(await Host.LogOfAsync(run), Is.Empty);
    }

    [Test]
    public async Task ARunThatSaysNothing_LeavesNoFile()
    {
        Host.Deploy(typeof(Plain));

        var run = await RunAsync((_, _) => Task.CompletedTask);

        Assert.That(await Host.LogOfAsync(run), Is.Empty);
        Assert.That(Directory.Exists(Host.Data.Logs), Is.False);
    }

    private static TestCaseData[] NoResults() =>
    [
        new TestCaseData(double.NaN, "The result of type Double cannot be written as JSON: ").SetArgDisplayNames("NaN"),
        new TestCaseData(typeof(string), "The result of type RuntimeType cannot be written as JSON: ").SetArgDisplayNames("type"),
        new TestCaseData(new Endless(), "The result of type Endless cannot be written as JSON: ").SetArgDisplayNames("cycle"),
        new TestCaseData(new Unreadable(), "The result of type Unreadable cannot be written as JSON: Closed.").SetArgDisplayNames("property that throws"),
    ];

    private async Task<RunInfo> RunAsync(Func<ScriptContext, CancellationToken, Task> script)
    {
        Stage.Script = script;
        return await Host.EndOfAsync(await Host.StartAsync("Plain"));
    }

    private static Task Do(Action work)
    {
        work();
        return Task.CompletedTask;
    }

    private sealed class Endless
    {
        public Endless Self => this;
    }

    private sealed class Unreadable(string? value = null)
    {
        public string Value => value ?? throw new InvalidOperationException("Closed.");
    }

    private sealed class Mute : Exception
    {
        public override string Message => throw new InvalidOperationException();

        public override string ToString() => throw new InvalidOperationException();
    }
}
