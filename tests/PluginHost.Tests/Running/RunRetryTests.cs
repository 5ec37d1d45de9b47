using System.Diagnostics.Metrics;
using PluginHost.History;

namespace PluginHost.Tests.Running;

public sealed class RunRetryTests : RunTestBase
{
    // Delays vary by a tenth.
    private static readonly TimeSpan AtLeast = TimeSpan.FromSeconds(8.9);
    private static readonly TimeSpan AtMost = TimeSpan.FromSeconds(11.1);

    private int _scheduled;

    [Test]
    public async Task AScriptThatKeepsFailing_IsTriedAsOftenAsItSays_EachTimeAfterALongerDelay()
    {
        Host.Deploy(typeof(Retried));
        await Host.StartAsync("Retried", new RunRequest { RequestedBy = "ann" });
        await FailAsync(attempt: 1);

        Time.Advance(AtLeast);
        Assert.That(Stage.HasNext, Is.False);
        Time.Advance(AtMost - AtLeast);
        await FailAsync(attempt: 2);

        Time.Advance(AtLeast * 2);
        Assert.That(Stage.HasNext, Is.False);
        Time.Advance((AtMost - AtLeast) * 2);
        await FailAsync(attempt: 3);

        var runs = Host.Runs.List(new RunQuery()).Items;
        Assert.That(runs.Select(run => (run.Trigger, run.Attempt, run.State, run.RequestedBy)), Is.EqualTo(new[]
        {
            (RunTrigger.Retry, 3, RunState.Failed, "ann"),
            (RunTrigger.Retry, 2, RunState.Failed, "ann"),
            (RunTrigger.Manual, 1, RunState.Failed, "ann"),
        }));
    }

    [Test]
    public async Task ARetryThatSucceeds_IsTheLast()
    {
        Host.Deploy(typeof(Retried));
        await Host.StartAsync("Retried");
        await FailAsync(attempt: 1);
        Time.Advance(AtMost);
        var second = await Stage.NextAsync();
        Assert.That((second.Context.Trigger, second.Context.Attempt), Is.EqualTo((RunTrigger.Retry, 2)));

        second.End();

        await Host.EndOfAsync(Host.Runs.Get(second.Context.RunId));
        Assert.That(Host.Runs.List(new RunQuery()).Items.Select(run => run.State), Is.EqualTo(new[] { RunState.Succeeded, RunState.Failed }));
    }

    [Test]
    public async Task ARetryThatWaits_CanBeCancelled()
    {
        Host.Deploy(typeof(Retried));
        await Host.StartAsync("Retried");
        var retry = await FailAsync(attempt: 1);

        Host.Runs.CancelHere(retry!.Id);
        Host.Runs.CancelHere(retry.Id);

        Assert.That((await Host.EndOfAsync(retry)).State, Is.EqualTo(RunState.Cancelled));
        Time.Advance(AtMost);
        Assert.That(Stage.HasNext, Is.False);
        Assert.That(Host.Runs.List(new RunQuery()).Items, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task ARetry_CanBeCancelled_FromTheMomentOnAtWhichItIsStored()
    {
        Host.Deploy(typeof(Retried));
        await Host.StartAsync("Retried");

        // Measured once the end and the retry are stored, and before the retry waits.
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, listening) =>
        {
            if (instrument.Name == "pluginhost.run.duration")
            {
                listening.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<double>((_, _, _, _) =>
        {
            if (Host.Runs.List(new RunQuery { Trigger = RunTrigger.Retry }).Items is [{ State: RunState.Queued } stored])
            {
                Host.Runs.CancelHere(stored.Id);
            }
        });
        listener.Start();
        var retry = await FailAsync(attempt: 1);

        Assert.That((await Host.EndOfAsync(retry!)).State, Is.EqualTo(RunState.Cancelled));
    }

    [Test]
    public async Task ARunOnAWantedVersion_IsTriedAgainOnThatVersion()
    {
        var old = Host.Deploy(typeof(Retried), typeof(Plain));
        await Host.StartAsync("Plain");
        await Stage.NextAsync();
        Host.Deploy(typeof(Retried));

        await Host.StartAsync("Retried", new RunRequest { Version = old.Id });
        await FailAsync(attempt: 1);
        Time.Advance(AtMost);
        var second = await Stage.NextAsync();

        Assert.That(Host.Runs.Get(second.Context.RunId).Version, Is.EqualTo(old.Id));
    }

    [Test]
    public async Task ARetry_IsOnTheVersionOfTheFirstTry_AndNamesIt()
    {
        var old = Host.Deploy(typeof(Retried), typeof(Plain));
        await Host.StartAsync("Plain");
        await Stage.NextAsync();
        var first = await Host.StartAsync("Retried");
        await FailAsync(attempt: 1);
        Host.Deploy(typeof(Retried));
        Time.Advance(AtMost);
        await FailAsync(attempt: 2);
        Time.Advance(AtMost * 2);
        await Stage.NextAsync();

        var retries = Host.Runs.List(new RunQuery { Trigger = RunTrigger.Retry }).Items;
        Assert.That(retries.Select(run => (run.Attempt, run.Version, run.FirstRun)), Is.EqualTo(new[] { (3, old.Id, first.Id), (2, old.Id, first.Id) }));
    }

    [Test]
    public async Task ARetry_WhoseVersionIsNoLongerKept_FailsAndSaysSo()
    {
        var old = Host.Deploy(typeof(Retried));
        await Host.StartAsync("Retried");
        var retry = await FailAsync(attempt: 1);
        Host.Deploy(typeof(Retried));
        Assert.That(Host.WantedVersions.WantedVersions, Is.EquivalentTo(new[] { old.Id }), "retention keeps it for the retry");

        Time.Advance(AtMost);

        var ended = await Host.EndOfAsync(retry!);
        Assert.That((ended.State, ended.Error!.Message), Is.EqualTo((RunState.Failed, $"There is no version 'Shop {old.Id}'.")));
        Assert.That(Stage.HasNext, Is.False);
    }

    [Test]
    public async Task ARetryOfASchedule_WaitsForTheRunThatCameInTheMeantime()
    {
        Host.Deploy(typeof(Retried));
        await ScheduledAsync();
        await FailAsync(attempt: 1);
        await ScheduledAsync();
        var meanwhile = await Stage.NextAsync();

        Time.Advance(AtMost);
        await Host.UntilAsync(() => Host.Runs.Counts.Queued == 1);
        Assert.That(Stage.HasNext, Is.False);

        meanwhile.End();
        Assert.That((await Stage.NextAsync()).Context.Attempt, Is.EqualTo(2));
    }

    private Task<RunInfo?> ScheduledAsync()
    {
        // No time is due twice.
        var due = Time.GetUtcNow().AddMilliseconds(_scheduled++);
        return Host.Runs.StartScheduledAsync(Host.Live.Current.Scripts["Shop.Retried"], OverlapPolicy.Skip, due, RunTrigger.Schedule, new ScheduleMark("Shop.Retried", "key", due));
    }

    /// <summary>Lets the run that is under way fail.</summary>
    /// <returns>The retry that waits then, if any is to.</returns>
    private async Task<RunInfo?> FailAsync(int attempt)
    {
        var script = await Stage.NextAsync();
        Assert.That(script.Context.Attempt, Is.EqualTo(attempt));
        script.Fail(new InvalidOperationException("Not yet."));
        await Host.EndOfAsync(Host.Runs.Get(script.Context.RunId));
        if (attempt == 3)
        {
            return null;
        }

        await Host.UntilAsync(() => Waiting() is not null);
        return Waiting();

        RunInfo? Waiting() => Host.Runs.List(new RunQuery()).Items.FirstOrDefault(run => run.Attempt == attempt + 1);
    }
}
