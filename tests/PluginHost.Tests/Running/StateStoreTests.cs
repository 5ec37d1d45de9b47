using System.Text.Json;

namespace PluginHost.Tests.Running;

public sealed class StateStoreTests : RunTestBase
{
    private protected override void Configure(PluginHostOptions options) => (options.Runs.MaxStateValueBytes, options.Runs.MaxStateKeys) = (1024, 3);

    [Test]
    public async Task WhatOneRunSets_TheNextReads_OnAnotherVersion()
    {
        await RunAsync(state => state.SetAsync("cursor", new Cursor(7, "seven")));
        Host.Deploy(typeof(Plain));

        await RunAsync(async state =>
        {
            Assert.That(await state.GetAsync<Cursor>("cursor"), Is.EqualTo(new Cursor(7, "seven")));
            Assert.That(await state.GetAsync<JsonElement>("cursor"), Has.Property("ValueKind").EqualTo(JsonValueKind.Object));
        });
    }

    [Test]
    public async Task WhatIsSet_SurvivesACrash()
    {
        await RunAsync(state => state.SetAsync("count", 3));

        await CrashAndRestartAsync();

        await RunAsync(async state => Assert.That(await state.GetAsync<int>("count"), Is.EqualTo(3)));
    }

    [Test]
    public async Task EachScript_HasItsOwn()
    {
        await RunAsync(state => state.SetAsync("count", 3));

        await RunAsync(async state => Assert.That(await state.FindAsync<int>("count"), Is.Null), "Other");
    }

    [Test]
    public Task AKeyWithoutAValue_IsTheDefaultOfItsType() => RunAsync(async state =>
    {
        Assert.That(await state.GetAsync<int>("none"), Is.Zero);
        Assert.That(await state.GetAsync<string>("none"), Is.Null);
        Assert.That(await state.RemoveAsync("none"), Is.False);
    });

    [Test]
    public Task TrySet_WithAVersionThatIsNoLongerThere_SetsNothing() => RunAsync(async state =>
    {
        Assert.That(await state.TrySetAsync("count", 1, expectedVersion: 0), Is.True);
        Assert.That(await state.TrySetAsync("count", 2, expectedVersion: 0), Is.False);

        var seen = (await state.FindAsync<int>("count"))!.Version;
        await state.SetAsync("count", 3);

        Assert.That(await state.TrySetAsync("count", 4, seen), Is.False);
        Assert.That(await state.GetAsync<int>("count"), Is.EqualTo(3));
    });

    [Test]
    public Task TrySet_AfterTheValueWasRemovedAndSetAgain_SetsNothing() => RunAsync(async state =>
    {
        var seen = await state.SetAsync("count", 1);
        await state.RemoveAsync("count");
        await state.SetAsync("count", 1);

        Assert.That(await state.TrySetAsync("count", 2, seen), Is.False);
    });

    [Test]
    public async Task Update_InManyRunsAtOnce_LosesNoChange()
    {
        Host.Deploy(typeof(Plain));
        Stage.Script = (context, token) => context.State.UpdateAsync<int>("count", count => count + 1, token);

        var runs = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => Host.StartAsync("Plain")));
        var ended = await Task.WhenAll(runs.Select(Host.EndOfAsync));

        Assert.That(ended.Select(run => run.State), Is.All.EqualTo(RunState.Succeeded));
        await RunAsync(async state => Assert.That(await state.GetAsync<int>("count"), Is.EqualTo(30)));
    }

    [Test]
    public Task Keys_AreInOrder_AndToldByCase() => RunAsync(async state =>
    {
        await state.SetAsync("b", 1);
        await state.SetAsync("B", 2);
        await state.SetAsync("a", 3);

        Assert.That(await state.GetKeysAsync(), Is.EqualTo(new[] { "B", "a", "b" }));
        Assert.That(await state.GetAsync<int>("b"), Is.EqualTo(1));
    });

    [Test]
    public Task TooManyKeys_AreRefused_WhileThoseThereCanBeSet() => RunAsync(async state =>
    {
        foreach (var key in (string[])["a", "b", "c", "a"])
        {
            await state.SetAsync(key, key);
        }

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => state.SetAsync("d", "d"));

        Assert.That(refused!.Message, Is.EqualTo(
            "Script 'Shop.Plain' keeps 3 values already, which is as many as it may (PluginHost:Runs:MaxStateKeys), so 'd' was not set. Remove values that are no longer needed."));
    });

    [Test]
    public Task ATooLargeValue_IsRefused_AndTheOldOneStays() => RunAsync(async state =>
    {
        await state.SetAsync("text", "old");

        var refused = await Assert.ThrowsAsync<ArgumentException>(() => state.SetAsync("text", new string('x', 1023)));

        Assert.That(refused!.Message, Does.StartWith("The value for 'text' is 1025 bytes of JSON, and the host keeps at most 1024 (PluginHost:Runs:MaxStateValueBytes)."));
        Assert.That(await state.GetAsync<string>("text"), Is.EqualTo("old"));
    });

    [TestCase("")]
    [TestCase("a\nb")]
    public Task AWrongKey_IsRefused(string key) => RunAsync(async state => await Assert.ThrowsAsync<ArgumentException>(() => state.SetAsync(key, 1)));

    [Test]
    public Task AValueThatIsNotOfTheType_SaysSo() => RunAsync(async state =>
    {
        await state.SetAsync("count", "many");

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => state.GetAsync<int>("count"));

        Assert.That(failure!.Message, Does.StartWith("The value 'count' that script 'Shop.Plain' keeps cannot be read as int: ").And.EndWith("Another version of the script may have set it. Set it anew or remove it."));
    });

    [Test]
    public Task AValueThatCannotBeWritten_SaysSo() => RunAsync(async state =>
    {
        var refused = await Assert.ThrowsAsync<ArgumentException>(() => state.SetAsync("number", double.NaN));

        Assert.That(refused!.Message, Does.StartWith("The value for 'number' cannot be written as JSON: "));
    });

    private async Task RunAsync(Func<StateStore, Task> script, string name = "Plain")
    {
        Host.Deploy(typeof(Plain), typeof(Other));
        Stage.Script = (context, _) => script(context.State);
        var run = await Host.EndOfAsync(await Host.StartAsync(name));
        Assert.That(run.State, Is.EqualTo(RunState.Succeeded), run.Error?.StackTrace);
    }

    private sealed record Cursor(int Page, string Name);
}
