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
}
