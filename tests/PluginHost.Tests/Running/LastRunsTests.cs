using PluginHost.Running;

namespace PluginHost.Tests.Running;

/// <summary>The newest run of each script, whether few or many are asked for.</summary>
[TestFixture(1)]
[TestFixture(150)]
public sealed class LastRunsTests(int asked) : RunTestBase
{
    private LastRuns _last = null!;

    [SetUp]
    public void Deploy()
    {
        _last = new LastRuns(Host.Store);
        Host.Deploy(typeof(Plain));
    }

    [Test]
    public async Task ARunUnderWay_IsShownAsItIs_AndThenAsItEnded()
    {
        var run = await Host.StartAsync("Plain");
        var script = await Stage.NextAsync();
        Assert.That(Last(), Is.EqualTo((run.Id, RunState.Running)));

        script.End();
        await Host.EndOfAsync(run);

        Assert.That(Last(), Is.EqualTo((run.Id, RunState.Succeeded)));
    }

    [Test]
    public async Task ANewerRun_TakesThePlaceOfOneThatIsKnown()
    {
        await RunAsync();
        Last();
        var newer = await RunAsync();

        Assert.That(Last(), Is.EqualTo((newer.Id, RunState.Succeeded)));
        Assert.That(Last(), Is.EqualTo((newer.Id, RunState.Succeeded)));
    }

    [Test]
    public void AScriptThatNeverRan_HasNone() => Assert.That(Last(), Is.Null);

    private (string Id, RunState State)? Last() =>
        _last.Of([.. Enumerable.Range(1, asked - 1).Select(i => $"Shop.Other{i}"), "shop.plain"]).SingleOrDefault() is { } run ? (run.Id, run.State) : null;

    private async Task<RunInfo> RunAsync()
    {
        var run = await Host.StartAsync("Plain");
        (await Stage.NextAsync()).End();
        return await Host.EndOfAsync(run);
    }
}
