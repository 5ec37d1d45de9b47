using PluginHost.Swapping;

namespace PluginHost.Tests.Running;

public sealed class RunCancellationTests : RunTestBase
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(31);

    private protected override void Configure(PluginHostOptions options)
    {
        options.Runs.CancelGrace = Grace;
        options.Runs.MaxConcurrent = 1;
    }

    [Test]
    public async Task ARunPastItsTimeLimit_IsTimedOut()
    {
        Host.Deploy(typeof(Limited));
        var run = await Host.StartAsync("Limited");
        var script = await Stage.NextAsync();

        Time.Advance(TimeSpan.FromMinutes(7) - TimeSpan.FromTicks(1));
        Assert.That(script.CancellationToken.IsCancellationRequested, Is.False);
        Time.Advance(TimeSpan.FromTicks(1));

        var ended = await Host.EndOfAsync(run);
        Assert.That((ended.State, ended.Error), Is.EqualTo((RunState.TimedOut, new RunError("Timeout", "The run took longer than its time limit.", null))));
    }

    [Test]
    public async Task ACancelledRun_IsCancelled_AndNotFailed()
    {
        Host.Deploy(typeof(Plain));
        var run = await Host.StartAsync("Plain");
        await Stage.NextAsync();

        Host.Runs.CancelHere(run.Id);

        var ended = await Host.EndOfAsync(run);
        Assert.That((ended.State, ended.Error), Is.EqualTo((RunState.Cancelled, (RunError?)null)));
        Assert.That(await Host.LogOfAsync(run), Is.Empty, "the exception of a cancelled script is no news");
    }

    [Test]
    public async Task ARunThatWaits_IsCancelledAtOnce_AndNeverStarts()
    {
        Host.Deploy(typeof(Plain), typeof(Other));
        await Host.StartAsync("Other");
        var other = await Stage.NextAsync();
        var run = await Host.StartAsync("Plain");

        Host.Runs.CancelHere(run.Id);
        Host.Runs.CancelHere(run.Id);

        var ended = await Host.EndOfAsync(run);
        Assert.That((ended.State, ended.StartedAt), Is.EqualTo((RunState.Cancelled, (DateTimeOffset?)null)));

        other.End();
        await Host.StartAsync("Other");
        Assert.That((await Stage.NextAsync()).Context.ScriptId, Is.EqualTo("Shop.Other"));
    }

    [Test]
    public async Task AScriptThatDoesNotStop_IsGivenUpOn_AndKeepsItsVersionUntilItReallyEnds()
    {
        var version = Host.Deploy(typeof(Deaf));
        var run = await Host.StartAsync("Deaf");
        var script = await Stage.NextAsync();
        Host.Runs.CancelHere(run.Id);
        await Time.TimerOf(Grace);
        Time.Advance(Grace);

        var ended = await Host.EndOfAsync(run);
        Assert.That((ended.State, ended.Error?.Type), Is.EqualTo((RunState.Cancelled, "Abandoned")));
        Assert.That(await Host.LogOfAsync(run), Has.Exactly(1).StartsWith("WRN The script did not stop within 00:00:31 of being asked to"));
        Assert.That(Host.Runs.Counts, Is.EqualTo((0, 0)), "its place is free");
        Assert.That(Host.Draining.AbandonedRunsOf("Shop", version).Single(), Is.EqualTo(new AbandonedRuns(version.Id, 1)), "live as it is");

        Host.Deploy(typeof(Plain));
        Assert.That((version.ActiveRuns, version.RunsGivenUpOn), Is.EqualTo((0, 1)));
        Assert.That(Host.Draining.GivenUpOn("Shop").Single().Version, Is.EqualTo(version.Id));

        script.Context.SetResult("late");
        script.End();
        await UnloadedAsync(version);
        Assert.That(Host.Draining.AbandonedRunsOf("Shop", version), Is.Empty);
        Assert.That(Host.Runs.Get(run.Id).Result, Is.Null);
    }

    [Test]
    public async Task AScriptThatStopsWithinItsGrace_IsCancelled_AndNotGivenUpOn()
    {
        var version = Host.Deploy(typeof(Deaf));
        var run = await Host.StartAsync("Deaf");
        var script = await Stage.NextAsync();
        Host.Runs.CancelHere(run.Id);
        await Time.TimerOf(Grace);

        script.End();

        var ended = await Host.EndOfAsync(run);
        Assert.That((ended.State, ended.Error), Is.EqualTo((RunState.Cancelled, (RunError?)null)));
        Assert.That(version.ActiveRuns, Is.Zero);
    }

    [Test]
    public async Task AHostThatStopsWhileARunIsStored_DoesNotStartIt()
    {
        Host.Deploy(typeof(Plain));
        using var disk = await SlowDisk.OfAsync(Host.Database);
        var starting = Host.StartAsync("Plain");

        var stopping = Host.Runs.StopAsync(CancellationToken.None);
        disk.Release();
        await stopping.WaitAsync(RunningHost.HangLimit);

        Assert.That(Host.Store.Find((await starting).Id)!.State, Is.EqualTo(RunState.Cancelled));
        Assert.That(Stage.HasNext, Is.False);
    }

    [Test]
    public async Task AnApplicationThatBeginsToStop_CancelsRuns_BeforeItIsOurTurnToStop()
    {
        Host.Deploy(typeof(Plain));
        await Host.Runs.StartAsync(CancellationToken.None);
        var run = await Host.StartAsync("Plain");
        await Stage.NextAsync();

        Host.Lifetime.StopApplication();

        Assert.That((await Host.EndOfAsync(run)).State, Is.EqualTo(RunState.Cancelled));
        Assert.That(() => Host.StartAsync("Plain"), Throws.TypeOf<ConflictException>());
    }

    [TestCase(30, 20, TestName = "AScriptThatDoesNotStop_IsGivenUpOn_BeforeTheApplicationsLimit")]
    [TestCase(3, 2, TestName = "AScriptThatDoesNotStop_IsGivenUpOn_BeforeAShortLimit")]
    [TestCase(41, 31, TestName = "AScriptThatDoesNotStop_HasAllItsGrace_WithinALongLimit")]
    public async Task AScriptThatDoesNotStop_WhenTheHostDoes(int limitSeconds, int expectedSeconds)
    {
        Host.Application.ShutdownTimeout = TimeSpan.FromSeconds(limitSeconds);
        Host.Deploy(typeof(Deaf));
        var run = await Host.StartAsync("Deaf");
        await Stage.NextAsync();

        var stopping = Host.Runs.StopAsync(CancellationToken.None);
        await Time.TimerOf(TimeSpan.FromSeconds(expectedSeconds));
        await Time.TimerOf(Grace);
        Time.Advance(TimeSpan.FromSeconds(expectedSeconds));
        await stopping.WaitAsync(RunningHost.HangLimit);

        var stored = Host.Store.Find(run.Id)!;
        Assert.That((stored.State, stored.Error?.Type), Is.EqualTo((RunState.Cancelled, "Abandoned")));
    }

    [Test]
    public async Task AScriptWhoseDisposeBlocks_IsNotWaitedForLongerThanItsLimit()
    {
        Host.Deploy(typeof(CleaningForever));
        var run = await Host.StartAsync("CleaningForever");
        (await Stage.NextAsync()).End();
        await Time.TimerOf(TimeSpan.FromSeconds(10));
        Time.Advance(TimeSpan.FromSeconds(10));

        Assert.That((await Host.EndOfAsync(run)).State, Is.EqualTo(RunState.Succeeded));
        Assert.That(await Host.LogOfAsync(run), Has.Exactly(1).StartsWith("WRN Disposing the script failed"));
    }

    private static async Task UnloadedAsync(PluginVersion version)
    {
        using var limit = new CancellationTokenSource(RunningHost.HangLimit);
        while (version.TryLease() is { } lease)
        {
            lease.Dispose();
            await Task.Delay(1, limit.Token);
        }
    }
}
