namespace PluginHost.Tests.Running;

/// <summary>Which version a run is on, and how long that version stays.</summary>
public sealed class RunVersionTests : RunTestBase
{
    private protected override void Configure(PluginHostOptions options) => options.Runs.MaxConcurrent = 2;

    [Test]
    public async Task ARunUnderWay_FinishesOnItsVersion_WhichStaysAsLong()
    {
        var old = Host.Deploy(typeof(Plain));
        var first = await Host.StartAsync("Plain");
        var onOld = await Stage.NextAsync();
        var live = Host.Deploy(typeof(Plain));
        await Host.StartAsync("Plain");
        var onLive = await Stage.NextAsync();

        Assert.That(Host.Runs.Get(first.Id).Version, Is.EqualTo(old.Id));
        Assert.That(Host.Runs.Get(onLive.Context.RunId).Version, Is.EqualTo(live.Id));
        Assert.That((old.ActiveRuns, Host.Draining.Of("shop").Single().ActiveRuns), Is.EqualTo((1, 1)));

        onOld.End();
        await Host.EndOfAsync(first);
        Assert.That(old.TryLease(), Is.Null, "it is unloaded");
        Assert.That(Host.Draining.Of("shop"), Is.Empty);
    }

    [Test]
    public async Task ARunOnAnOlderVersion_UsesThat()
    {
        var old = Host.Deploy(typeof(Plain));
        await Host.StartAsync("Plain");
        await Stage.NextAsync();
        Host.Deploy(typeof(Plain));

        var run = await Host.StartAsync("Plain", new RunRequest { Version = old.Id });
        (await Stage.NextAsync()).End();

        Assert.That((await Host.EndOfAsync(run)).Version, Is.EqualTo(old.Id));
        Assert.That(old.ActiveRuns, Is.EqualTo(1));
    }

    [Test]
    public async Task AVersionWithoutTheScript_IsAConflict()
    {
        var old = Host.Deploy(typeof(Other));
        await Host.StartAsync("Other");
        await Stage.NextAsync();
        Host.Deploy(typeof(Plain));

        Assert.That(
            () => Host.StartAsync("Plain", new RunRequest { Version = old.Id }),
            Throws.InstanceOf<ConflictException>().With.Message.EqualTo($"Version {old.Id} of Shop has no script Plain."));
        Assert.That(old.ActiveRuns, Is.EqualTo(1));
    }

    [Test]
    public async Task ARunThatWaited_UsesTheVersionThatIsLiveWhenItStarts()
    {
        var scripts = await FillAsync(typeof(Plain), typeof(Other));
        var run = await Host.StartAsync("Plain");
        var live = Host.Deploy(typeof(Plain));

        scripts[0].End();

        await Stage.NextAsync();
        Assert.That(Host.Runs.Get(run.Id).Version, Is.EqualTo(live.Id));
    }

    [Test]
    public async Task ARunThatWaited_FailsWhenItsScriptIsGone()
    {
        var scripts = await FillAsync(typeof(Plain), typeof(Other));
        var run = await Host.StartAsync("Plain");
        Host.RemovePlugin();

        scripts[0].End();

        var ended = await Host.EndOfAsync(run);
        Assert.That((ended.State, ended.Error?.Message), Is.EqualTo((RunState.Failed, "There is no script 'Shop.Plain'.")));
        Assert.That(await Host.LogOfAsync(run), Is.Empty);
    }

    [Test]
    public async Task CancelRunsOn_CancelsThoseOfTheVersion_AndNoOthers()
    {
        var old = Host.Deploy(typeof(Plain));
        var first = await Host.StartAsync("Plain");
        await Stage.NextAsync();
        Host.Deploy(typeof(Plain));
        var second = await Host.StartAsync("Plain");
        var onLive = await Stage.NextAsync();

        Host.Runs.CancelRunsOn("shop", old.Id);

        Assert.That((await Host.EndOfAsync(first)).State, Is.EqualTo(RunState.Cancelled));
        Assert.That(onLive.CancellationToken.IsCancellationRequested, Is.False);
        Assert.That(Host.Runs.Get(second.Id).State, Is.EqualTo(RunState.Running));
    }

    private async Task<Performance[]> FillAsync(params Type[] scripts)
    {
        Host.Deploy(scripts);
        await Host.StartAsync("Other");
        await Host.StartAsync("Other");
        return [await Stage.NextAsync(), await Stage.NextAsync()];
    }
}
