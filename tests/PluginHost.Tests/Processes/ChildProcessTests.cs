using Microsoft.Extensions.Time.Testing;
using PluginHost.Processes;
using PluginHost.TestInfra;

namespace PluginHost.Tests.Processes;

[Platform(Exclude = "Win", Reason = "The commands are a Unix shell's.")]
public sealed class ChildProcessTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    private readonly List<string> _lines = [];

    [SetUp]
    public void SetUp() => _lines.Clear();

    [Test]
    public async Task ACommand_PassesItsLinesOn_AndItsExitCode()
    {
        var exit = await RunAsync("echo out; echo err >&2; exit 3");

        Assert.That(exit, Is.EqualTo(new ChildExit(3, TimedOut: false)));
        Assert.That(_lines, Is.EquivalentTo(new[] { "out", "err" }));
    }

    [Test]
    public async Task ACommand_SeesOnlyTheEnvironmentItIsGiven()
    {
        Environment.SetEnvironmentVariable("PLUGINHOST_TEST_SECRET", "s3cret");

        await RunAsync("echo secret=$PLUGINHOST_TEST_SECRET given=$GIVEN");

        Assert.That(_lines, Is.EqualTo(new[] { "secret= given=yes" }));
    }

    [Test]
    public async Task ACommandInTheBackground_AndWhatItStarts_LeavesTheProcessorsToOthers()
    {
        await RunAsync("nice");
        var own = int.Parse(_lines.Single(), null);
        _lines.Clear();

        var exit = await new ChildProcess(TimeProvider.System).RunAsync(Shell("echo $GIVEN; sh -c nice; exit 3") with { InBackground = true }, _lines.Add, Long, default);

        Assert.That(exit, Is.EqualTo(new ChildExit(3, TimedOut: false)));
        Assert.That(_lines, Is.EqualTo(new[] { "yes", $"{Math.Min(own + 5, 19)}" }));
    }

    [Test]
    public async Task WhereProcessorsAreSharedOutBySession_ACommandInTheBackground_HasASessionThatComesLast_AndTheHostHasNot()
    {
        const string Session = "/proc/self/autogroup";
        Assume.That(File.Exists(Session), "This system does not share out by session.");
        var before = await File.ReadAllTextAsync(Session);

        await new ChildProcess(TimeProvider.System).RunAsync(Shell($"cat {Session}") with { InBackground = true }, _lines.Add, Long, default);

        Assert.That(_lines.Single(), Does.EndWith(" nice 5"));
        Assert.That(await File.ReadAllTextAsync(Session), Is.EqualTo(before));
    }

    [Test]
    public async Task ACommandThatAsks_GetsNoAnswer_InsteadOfWaitingForOne()
    {
        await RunAsync("read answer; echo \"answer=$answer\"");

        Assert.That(_lines, Is.EqualTo(new[] { "answer=" }));
    }

    [Test]
    public async Task ACommandThatTakesTooLong_IsEnded_WithEverythingItStarted()
    {
        var time = new FakeTimeProvider();
        var started = new TaskCompletionSource<int>();
        var run = new ChildProcess(time).RunAsync(
            Shell("sleep 1000 & echo $!; wait"), line => started.TrySetResult(int.Parse(line, null)), Long, default);
        var grandchild = await started.Task;

        time.Advance(Long);

        Assert.That((await run).TimedOut, Is.True);
        Assert.That(await HasEndedAsync(grandchild), Is.True);
    }

    [Test]
    public async Task ACommandThatIsCancelled_IsEnded_WithEverythingItStarted()
    {
        using var cancel = new CancellationTokenSource();
        var started = new TaskCompletionSource<int>();
        var run = new ChildProcess(TimeProvider.System).RunAsync(
            Shell("sleep 1000 & echo $!; wait"), line => started.TrySetResult(int.Parse(line, null)), Long, cancel.Token);
        var grandchild = await started.Task;

        await cancel.CancelAsync();

        await Assert.CatchAsync<OperationCanceledException>(() => run);
        Assert.That(await HasEndedAsync(grandchild), Is.True);
    }

    [Test]
    public async Task AGrandchildThatKeepsTheOutputOpen_DoesNotHoldTheAnswerUp()
    {
        var exit = await RunAsync("sleep 1000 & echo $!; exit 0");

        Assert.That(exit.Succeeded, Is.True);
        Command.Kill(int.Parse(_lines[0], null));
    }

    [Test]
    public void ACommandThatDoesNotExist_SaysSo() =>
        Assert.That(
            async () =>
            {
                var exit = await new ChildProcess(TimeProvider.System).RunAsync(
                    new ChildCommand("/no/such/command", [], "/", new Dictionary<string, string>()), _lines.Add, Long, default);
                if (!exit.Succeeded)
                {
                    throw new FileNotFoundException(string.Join(' ', _lines));
                }
            },
            Throws.InstanceOf<FileNotFoundException>().With.Message.Contains("/no/such/command"));

    [Test]
    public async Task AStartedCommand_WaitsForWhatItIsTold()
    {
        using var process = new ChildProcess(TimeProvider.System).Start(Shell("read first; read second; echo \"$second $first\""));

        var exit = await process.FinishAsync(["world", "hello"], _lines.Add, Long, default);

        Assert.That(exit.Succeeded, Is.True);
        Assert.That(_lines, Is.EqualTo(new[] { "hello world" }));
    }

    [Test]
    public async Task AStartedCommandThatEndsBeforeItIsTold_AnswersWithItsExitCode()
    {
        using var process = new ChildProcess(TimeProvider.System).Start(Shell("exit 3"));

        var exit = await process.FinishAsync(Enumerable.Repeat(new string('x', 1000), 1000), _lines.Add, Long, default);

        Assert.That(exit.Code, Is.EqualTo(3));
    }

    [Test]
    public async Task AStartedCommandThatIsNotNeeded_IsEnded_WithEverythingItStarted()
    {
        using var folder = new TestDirectory();
        var note = folder.Combine("grandchild");
        var process = new ChildProcess(TimeProvider.System).Start(Shell($"sleep 1000 & echo $! > {note}.new; mv {note}.new {note}; wait"));
        while (!File.Exists(note))
        {
            await Task.Delay(10);
        }

        process.Dispose();

        Assert.That(await HasEndedAsync(int.Parse(await File.ReadAllTextAsync(note), null)), Is.True);
    }

    [Test]
    [Platform("Linux")]
    public async Task MarkedProcesses_AreFoundWhereverTheyWentTo_Measured_AndEnded()
    {
        var mark = Guid.NewGuid().ToString("n");
        await RunAsync($"PLUGINHOST_TEST_MARK={mark} setsid sleep 1000 > /dev/null 2>&1 & echo $!");
        var detached = int.Parse(_lines[0], null);


        // It has its variable when it has become sleep.
        Assert.That(() => new ProcessMark("PLUGINHOST_TEST_MARK", mark).ResidentBytes(), Is.InRange(100_000, 100_000_000).After(5000, 10));
        Assert.That(new ProcessMark("PLUGINHOST_TEST_MARK", mark).KillAll(), Is.EqualTo(1));
        Assert.That(await HasEndedAsync(detached), Is.True);
    }

    private Task<ChildExit> RunAsync(string script) => new ChildProcess(TimeProvider.System).RunAsync(Shell(script), _lines.Add, Long, default);

    private static ChildCommand Shell(string script) => new(
        "/bin/sh", ["-c", script], "/", new Dictionary<string, string> { ["PATH"] = Environment.GetEnvironmentVariable("PATH")!, ["GIVEN"] = "yes" });

    private static async Task<bool> HasEndedAsync(int process)
    {
        // A killed process stays a zombie until its new parent has noticed.
        for (var tries = 0; tries < 200; tries++)
        {
            var status = $"/proc/{process}/stat";
            if (!File.Exists(status) || (await File.ReadAllTextAsync(status)).Contains(") Z ", StringComparison.Ordinal))
            {
                return true;
            }

            await Task.Delay(25);
        }

        return false;
    }

    private static class Command
    {
        public static void Kill(int process) => System.Diagnostics.Process.GetProcessById(process).Kill();
    }
}
