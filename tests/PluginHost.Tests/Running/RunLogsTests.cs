namespace PluginHost.Tests.Running;

/// <summary>Reading the log of a run, while it is under way and afterwards.</summary>
public sealed class RunLogsTests : RunTestBase
{
    private static readonly TimeSpan Flush = TimeSpan.FromMilliseconds(200);

    private protected override void Configure(PluginHostOptions options) => options.Runs.MaxConcurrent = 1;

    [Test]
    public async Task WhoFollows_GetsWhatIsThere_ThenWhatComes_UntilTheRunEnds()
    {
        Host.Deploy(typeof(Logging));
        var run = await Host.StartAsync("Logging");
        var script = await Stage.NextAsync();
        Log(script, "one");
        Time.Advance(Flush);
        await using var lines = Follow(run);
        Assert.That(await NextAsync(lines), Is.EqualTo((1, "one")));

        var next = NextAsync(lines);
        Log(script, "two");
        Assert.That(next.IsCompleted, Is.False);
        Time.Advance(Flush);
        Assert.That(await next, Is.EqualTo((2, "two")));

        Log(script, "three");
        script.End();
        Assert.That(await NextAsync(lines), Is.EqualTo((3, "three")));
        Assert.That(await NextAsync(lines), Is.Null);
    }

    [Test]
    public async Task WhoFollowsARunThatWaits_GetsItsLogWhenItStarts()
    {
        Host.Deploy(typeof(Logging));
        await Host.StartAsync("Logging");
        var first = await Stage.NextAsync();
        await using var lines = Follow(await Host.StartAsync("Logging"));
        var next = NextAsync(lines);

        first.End();
        var second = await Stage.NextAsync();
        Log(second, "mine");
        second.End();

        Assert.That(await next, Is.EqualTo((1, "mine")));
        Assert.That(await NextAsync(lines), Is.Null);
    }

    [Test]
    public async Task WhoFollowsARunThatIsCancelledBeforeItsStart_IsLetGo()
    {
        Host.Deploy(typeof(Logging));
        await Host.StartAsync("Logging");
        await Stage.NextAsync();
        var waiting = await Host.StartAsync("Logging");
        await using var lines = Follow(waiting);
        var next = NextAsync(lines);

        Host.Runs.CancelHere(waiting.Id);

        Assert.That(await next, Is.Null);
    }

    [Test]
    public async Task WhoComesBack_GoesOnAfterTheLastLine()
    {
        Host.Deploy(typeof(Logging));
        var run = await Host.StartAsync("Logging");
        var script = await Stage.NextAsync();
        Log(script, "one");
        Log(script, "two\nmore of two");
        Time.Advance(Flush);
        await using var lines = Follow(run, after: 2);
        Assert.That(await NextAsync(lines), Is.EqualTo((3, "more of two")));

        Log(script, "three");
        script.End();
        Assert.That(await NextAsync(lines), Is.EqualTo((4, "three")));
        Assert.That(await NextAsync(lines), Is.Null);
    }

    [Test]
    public async Task WhoDoesNotFollow_GetsWhatIsThere_AndIsLetGo()
    {
        Host.Deploy(typeof(Logging));
        var run = await Host.StartAsync("Logging");
        var script = await Stage.NextAsync();
        Log(script, "one");
        Time.Advance(Flush);
        Log(script, "two");

        Assert.That(await Host.LogOfAsync(run), Is.EqualTo(new[] { "INF one" }));
    }

    [Test]
    public async Task AFinishedLog_IsReadToItsEnd_AlsoByTheNextHost()
    {
        Host.Deploy(typeof(Logging));
        var run = await Host.StartAsync("Logging");
        var script = await Stage.NextAsync();

        // More than is read at a time, with characters that a cut could fall into.
        for (var i = 0; i < 3000; i++)
        {
            Log(script, $"{i} {new string('ü', 100)}");
        }

        script.End();
        await Host.EndOfAsync(run);
        await CrashAndRestartAsync();

        var lines = await Host.LogOfAsync(run);
        Assert.That(lines, Has.Count.EqualTo(3000));
        Assert.That(lines[2999], Is.EqualTo($"INF 2999 {new string('ü', 100)}"));
    }

    [Test]
    public async Task WhoStopsReading_IsLetGo()
    {
        Host.Deploy(typeof(Logging));
        var run = await Host.StartAsync("Logging");
        await Stage.NextAsync();
        using var stop = new CancellationTokenSource();
        await using var lines = Host.Runs.ReadLogAsync(run.Id, 0, follow: true, stop.Token).GetAsyncEnumerator(CancellationToken.None);
        var next = lines.MoveNextAsync().AsTask();

        await stop.CancelAsync();

        Assert.That(() => next, Throws.InstanceOf<OperationCanceledException>());
    }

    private static void Log(Performance script, string text) => ((Logging)script.Script).Log(text);

    private IAsyncEnumerator<RunLogLine> Follow(RunInfo run, long after = 0) =>
        Host.Runs.ReadLogAsync(run.Id, after, follow: true, CancellationToken.None).GetAsyncEnumerator();

    /// <summary>The next line without its time and level, or null at the end.</summary>
    private static async Task<(long, string)?> NextAsync(IAsyncEnumerator<RunLogLine> lines) =>
        await lines.MoveNextAsync().AsTask().WaitAsync(RunningHost.HangLimit)
            ? (lines.Current.Number, lines.Current.Text[(lines.Current.Text.StartsWith(' ') ? 4 : "2026-01-01T12:00:00.000Z INF ".Length)..])
            : null;
}
