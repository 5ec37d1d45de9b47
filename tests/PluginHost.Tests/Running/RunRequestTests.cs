using PluginHost.History;

namespace PluginHost.Tests.Running;

public sealed class RunRequestTests : RunTestBase
{
    [Test]
    public void WrongParameters_AreRefused_WithEveryMistake_AndNothingIsStored()
    {
        Host.Deploy(typeof(Counting));
        var request = new RunRequest { Parameters = new() { ["Count"] = 11, ["Name"] = "long", ["Colour"] = "red" } };

        Assert.That(
            () => Host.StartAsync("Counting", request),
            Throws.InstanceOf<InvalidParametersException>()
                .With.Property(nameof(InvalidParametersException.Errors)).Property("Keys").EquivalentTo(new[] { "Count", "Name", "Colour" }));
        Assert.That(Host.Runs.List(new RunQuery()).Items, Is.Empty);
    }

    [Test]
    public void AScriptThatIsNotLive_IsNotFound() =>
        Assert.That(() => Host.StartAsync("Nobody"), Throws.InstanceOf<NotFoundException>().With.Message.EqualTo("There is no script 'Shop.Nobody'."));

    [Test]
    public void AVersionThatIsNotKept_IsNotFound()
    {
        Host.Deploy(typeof(Plain));

        Assert.That(
            () => Host.StartAsync("Plain", new RunRequest { Version = "abc" }),
            Throws.InstanceOf<NotFoundException>().With.Message.EqualTo("There is no version 'Shop abc'."));
    }

    [Test]
    public async Task ASecondRequestWithTheSameKey_AnswersTheFirstRun_AsItIsNow()
    {
        Host.Deploy(typeof(Plain));
        var first = await Host.StartAsync("Plain", new RunRequest { IdempotencyKey = "k" });
        var script = await Stage.NextAsync();

        var second = await Host.StartAsync("Plain", new RunRequest { IdempotencyKey = "k" });
        Assert.That((second.Id, second.State), Is.EqualTo((first.Id, RunState.Running)));

        script.End();
        await Host.EndOfAsync(first);
        var third = await Host.StartAsync("Plain", new RunRequest { IdempotencyKey = "k" });
        Assert.That((third.Id, third.State), Is.EqualTo((first.Id, RunState.Succeeded)));
        Assert.That(Stage.HasNext, Is.False);
    }

    [Test]
    public async Task AHostThatStops_CancelsWhatIsUnderWay_AndRefusesWhatComes()
    {
        Host.Deploy(typeof(Plain));
        var run = await Host.StartAsync("Plain");
        await Stage.NextAsync();

        await Host.Runs.StopAsync(CancellationToken.None);

        Assert.That(Host.Store.Find(run.Id)!.State, Is.EqualTo(RunState.Cancelled));
        Assert.That(() => Host.StartAsync("Plain"), Throws.InstanceOf<ConflictException>());
        Assert.That(Host.Runs.List(new RunQuery()).Items, Has.Count.EqualTo(1));
        Assert.That(Host.Runs.Counts, Is.EqualTo((0, 0)));
    }

    [Test]
    public async Task AHostThatDied_HasLostWhatWasUnderWay()
    {
        Host.Deploy(typeof(Plain));
        var run = await Host.StartAsync("Plain");
        await Stage.NextAsync();

        await CrashAndRestartAsync();
        await Host.Runs.StartAsync(CancellationToken.None);

        Assert.That(Host.Runs.Get(run.Id).State, Is.EqualTo(RunState.Lost));
    }

    [Test]
    public async Task RunsOfOneMoment_AreListedInTheOrderInWhichTheyCame()
    {
        Host.Deploy(typeof(Plain));
        var ids = new List<string>();
        for (var i = 0; i < 20; i++)
        {
            ids.Insert(0, (await Host.StartAsync("Plain")).Id);
        }

        Time.AdjustTime(Time.GetUtcNow().AddHours(-1));
        ids.Insert(0, (await Host.StartAsync("Plain")).Id);

        Assert.That(Host.Runs.List(new RunQuery()).Items.Select(run => run.Id), Is.EqualTo(ids));
    }

    [Test]
    public async Task RunningAgain_TakesTheSameParameters_OnTheLiveVersionOrTheOneFromThen()
    {
        var old = Host.Deploy(typeof(Counting), typeof(Plain));
        await Host.StartAsync("Plain");
        await Stage.NextAsync();
        var run = await Host.StartAsync("Counting", new RunRequest { Parameters = new() { ["count"] = 7 } });
        (await Stage.NextAsync()).End();
        await Host.EndOfAsync(run);
        var live = Host.Deploy(typeof(Counting));

        var again = await Host.Runs.RerunAsync(run.Id, new RerunRequest { RequestedBy = "ann" }, CancellationToken.None);
        var onOld = await Host.Runs.RerunAsync(run.Id, new RerunRequest { SameVersion = true }, CancellationToken.None);

        Assert.That(((Counting)(await Stage.NextAsync()).Script).Count, Is.EqualTo(7));
        Assert.That((again.RerunOf, again.Version, again.RequestedBy, again.Trigger), Is.EqualTo((run.Id, live.Id, "ann", RunTrigger.Manual)));
        Assert.That(onOld.Version, Is.EqualTo(old.Id));
    }

    [Test]
    public async Task ASecondRequestWithTheSameKey_AndOtherParameters_IsAConflict()
    {
        Host.Deploy(typeof(Counting));
        await Host.StartAsync("Counting", new RunRequest { IdempotencyKey = "k", Parameters = new() { ["count"] = 7 } });
        await Host.StartAsync("Counting", new RunRequest { IdempotencyKey = "k", Parameters = new() { ["Count"] = "7" } });

        Assert.That(
            () => Host.StartAsync("Counting", new RunRequest { IdempotencyKey = "k", Parameters = new() { ["Count"] = 8 } }),
            Throws.InstanceOf<ConflictException>());
        Assert.That(Host.Runs.Counts, Is.EqualTo((1, 0)), "its place is free again");
    }

    [Test]
    public async Task ASecondRequestWithTheSameKey_AndAnotherVersionOrTime_IsAConflict()
    {
        var version = Host.Deploy(typeof(Plain));
        await Host.StartAsync("Plain", new RunRequest { IdempotencyKey = "k" });

        Assert.That(() => Host.StartAsync("Plain", new RunRequest { IdempotencyKey = "k", Version = version.Id }), Throws.InstanceOf<ConflictException>());
        Assert.That(() => Host.StartAsync("Plain", new RunRequest { IdempotencyKey = "k", StartAt = Time.GetUtcNow().AddHours(1) }), Throws.InstanceOf<ConflictException>());
        Assert.That(Host.Runs.List(new RunQuery()).Items, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task AKeyWhoseRunIsNoLongerKept_IsUnknown()
    {
        Host.Deploy(typeof(Plain));
        var first = await Host.StartAsync("Plain", new RunRequest { IdempotencyKey = "k" });
        (await Stage.NextAsync()).End();
        await Host.EndOfAsync(first);
        await new HistorySweep(Host.Database).SweepAsync(null, 0, CancellationToken.None);

        Assert.That((await Host.StartAsync("Plain", new RunRequest { IdempotencyKey = "k", StartAt = Time.GetUtcNow().AddHours(1) })).Id, Is.Not.EqualTo(first.Id));
    }

    [Test]
    public async Task RunningAgain_OnTheVersionOfARunThatNeverBegan_IsAConflict()
    {
        Host.Deploy(typeof(Plain));
        var run = await Host.StartAsync("Plain", new RunRequest { StartAt = Time.GetUtcNow().AddHours(1) });
        Host.Runs.CancelHere(run.Id);
        await Host.EndOfAsync(run);

        Assert.That(
            () => Host.Runs.RerunAsync(run.Id, new RerunRequest { SameVersion = true }, CancellationToken.None),
            Throws.InstanceOf<ConflictException>().With.Message.Contains("has not begun on any version"));
        Assert.That((await Host.Runs.RerunAsync(run.Id, new RerunRequest(), CancellationToken.None)).State, Is.EqualTo(RunState.Running));
    }

    [Test]
    public async Task RunningAgain_WithParametersThatNoLongerFit_IsRefused_WithEveryMistake()
    {
        Host.Deploy(typeof(Counting));
        var run = await Host.StartAsync("Counting", new RunRequest { Parameters = new() { ["Count"] = 7, ["Name"] = "abc" } });
        (await Stage.NextAsync()).End();
        await Host.EndOfAsync(run);
        Host.Deploy(typeof(CountingLess));

        Assert.That(
            () => Host.Runs.RerunAsync(run.Id, new RerunRequest(), CancellationToken.None),
            Throws.InstanceOf<InvalidParametersException>()
                .With.Property(nameof(InvalidParametersException.Errors)).Property("Keys").EquivalentTo(new[] { "Count", "Name" }));
        Host.RemovePlugin();
        Assert.That(() => Host.Runs.RerunAsync(run.Id, new RerunRequest(), CancellationToken.None), Throws.InstanceOf<NotFoundException>());
        Assert.That(() => Host.Runs.RerunAsync("nobody", new RerunRequest(), CancellationToken.None), Throws.InstanceOf<NotFoundException>());
    }

    [Test]
    public async Task ARunThatCanStartAtOnce_IsStoredAsUnderWay_BeforeItsScriptBegins()
    {
        var version = Host.Deploy(typeof(Plain));
        using var disk = await SlowDisk.OfAsync(Host.Database);
        var starting = Host.StartAsync("Plain");
        Assert.That(Stage.HasNext, Is.False);

        disk.Release();
        var run = await starting;

        Assert.That((run.State, run.Version, run.StartedAt), Is.EqualTo((RunState.Running, version.Id, Time.GetUtcNow())));
        Assert.That(Host.Store.Find(run.Id)!.ToString(), Is.EqualTo(run.ToString()));
        await Stage.NextAsync();
    }

    [Test]
    public async Task AnEndThatCannotBeStored_IsToldAllTheSame_AndStoredWhenTheDiskIsBack()
    {
        Host.Deploy(typeof(Plain));
        var run = await Host.StartAsync("Plain");
        var script = await Stage.NextAsync();
        await Host.FillDiskAsync();
        var retried = Time.TimerOf(TimeSpan.FromSeconds(1));

        script.End();
        Assert.That((await Host.EndOfAsync(run)).State, Is.EqualTo(RunState.Succeeded));
        Assert.That(Host.Runs.Counts, Is.EqualTo((0, 0)), "its place is free");
        Assert.That(Host.Runs.Get(run.Id).State, Is.EqualTo(RunState.Succeeded));
        Assert.That(Host.Store.Find(run.Id)!.State, Is.EqualTo(RunState.Running));

        await retried;
        await Host.EmptyDiskAsync();
        Time.Advance(TimeSpan.FromSeconds(1));
        await Host.StoredAsync(run.Id, RunState.Succeeded);
    }
}
