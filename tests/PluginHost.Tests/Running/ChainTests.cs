using PluginHost.History;

namespace PluginHost.Tests.Running;

/// <summary>Scripts that run after others.</summary>
public sealed class ChainTests : RunTestBase
{
    [SetUp]
    public void Deploy() => Host.Deploy(typeof(Retried), typeof(AfterSuccess), typeof(AfterAnyEnd), typeof(AfterThat));

    [Test]
    public async Task AfterASuccess_BothFollow_AndWhatFollowsThose()
    {
        var run = await Host.StartAsync("Retried");
        (await Stage.NextAsync()).End();
        await Host.EndOfAsync(run);

        var following = await FollowingAsync(2);
        Assert.That(following.Select(next => next.Context.ScriptId), Is.EquivalentTo(new[] { "Shop.AfterSuccess", "Shop.AfterAnyEnd" }));
        var success = following.Single(next => next.Script is AfterSuccess);
        var info = Host.Runs.Get(success.Context.RunId);
        Assert.That((info.Trigger, info.CausedBy, info.Exclusive), Is.EqualTo((RunTrigger.Chain, run.Id, true)));

        success.End();
        var last = await Stage.NextAsync();
        Assert.That((last.Context.ScriptId, Host.Runs.Get(last.Context.RunId).CausedBy), Is.EqualTo(("Shop.AfterThat", info.Id)));
    }

    [Test]
    public async Task ARunThatIsTriedAgain_HasNotEnded_AndThenItsLastTryCounts()
    {
        await Host.StartAsync("Retried");
        var last = "";
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            var script = await Stage.NextAsync();
            Assert.That((script.Context.ScriptId, script.Context.Attempt), Is.EqualTo(("Shop.Retried", attempt)));
            last = script.Context.RunId;
            script.Fail(new InvalidOperationException("Not yet."));
            await Host.EndOfAsync(Host.Runs.Get(last));
            await Host.UntilAsync(() => Host.Runs.List(new RunQuery()).Items.Count > attempt);
            Time.Advance(TimeSpan.FromMinutes(2));
        }

        var next = await Stage.NextAsync();
        Assert.That((next.Context.ScriptId, Host.Runs.Get(next.Context.RunId).CausedBy), Is.EqualTo(("Shop.AfterAnyEnd", last)));
        Assert.That(Stage.HasNext, Is.False, "what runs after a success does not");
    }

    [Test]
    public async Task ARunThatIsCancelledBeforeItBegins_HasEnded()
    {
        var run = await Host.StartAsync("Retried", new RunRequest { StartAt = Time.GetUtcNow().AddHours(1) });

        Host.Runs.CancelHere(run.Id);

        Assert.That((await Stage.NextAsync()).Context.ScriptId, Is.EqualTo("Shop.AfterAnyEnd"));
    }

    [Test]
    public async Task APausedScript_IsNotStarted()
    {
        await Host.Scripts.SetPausedAsync("Shop.AfterAnyEnd", true, CancellationToken.None);
        var run = await Host.StartAsync("Retried", new RunRequest { StartAt = Time.GetUtcNow().AddHours(1) });

        Host.Runs.CancelHere(run.Id);

        await Host.EndOfAsync(run);
        Assert.That(Host.Runs.List(new RunQuery()).Items, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task WhatFollows_IsStoredWithTheEnd_OrNeitherIs()
    {
        var run = await Host.StartAsync("Retried");
        var script = await Stage.NextAsync();
        Host.Database.Read(connection => connection.Run("CREATE TRIGGER full BEFORE INSERT ON runs WHEN new.\"trigger\" = 'Chain' BEGIN SELECT RAISE(FAIL, 'disk full'); END"));
        script.End();
        Assert.That((await Host.EndOfAsync(run)).State, Is.EqualTo(RunState.Succeeded));
        Assert.That(Host.Store.Find(run.Id)!.State, Is.EqualTo(RunState.Running), "its end is not stored without what follows");

        await CrashAndRestartAsync();
        await Host.Runs.StartAsync(CancellationToken.None);

        Assert.That(Host.Runs.List(new RunQuery()).Items.Select(stored => stored.State), Is.EqualTo(new[] { RunState.Lost }));
    }

    private async Task<IReadOnlyList<Performance>> FollowingAsync(int count)
    {
        var scripts = new List<Performance>();
        while (scripts.Count < count)
        {
            scripts.Add(await Stage.NextAsync());
        }

        return scripts;
    }
}

[RunAfter("shop.retried")]
public sealed class AfterSuccess(Stage stage) : StagedScript(stage);

[RunAfter("Shop.Retried", On = RunAfterOutcome.Any)]
public sealed class AfterAnyEnd(Stage stage) : StagedScript(stage);

[RunAfter("Shop.AfterSuccess")]
public sealed class AfterThat(Stage stage) : StagedScript(stage);
