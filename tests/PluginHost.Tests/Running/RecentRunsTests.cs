using PluginHost.Running;

namespace PluginHost.Tests.Running;

public sealed class RecentRunsTests : RunTestBase
{
    [Test]
    public async Task RunsFromBeforeAndAfterTheFirstLook_AreThere_TheOldestFirst()
    {
        Host.Deploy(typeof(Plain));
        var before = await RunAsync();
        Assert.That(Ids(), Is.EqualTo(new[] { before.Id }));

        var after = await RunAsync();

        Assert.That(Ids(), Is.EqualTo(new[] { before.Id, after.Id }));
        Assert.That(Host.Recent.Of("Shop.Plain")[1], Is.EqualTo(new RecentRun(after.Id, RunState.Succeeded, after.QueuedAt, after.DurationMs)));
    }

    [Test]
    public async Task ARunUnderWay_IsNotAmongThem()
    {
        Host.Deploy(typeof(Plain));
        await Host.StartAsync("Plain");
        await Stage.NextAsync();

        Assert.That(Ids(), Is.Empty);
    }

    [Test]
    public async Task OfManyRuns_TheLastTwelveAreKept()
    {
        Host.Deploy(typeof(Plain));
        Ids();
        var runs = new List<string>();
        for (var i = 0; i < RecentRuns.Count + 2; i++)
        {
            runs.Add((await RunAsync()).Id);
        }

        Assert.That(Ids(), Is.EqualTo(runs.TakeLast(RecentRuns.Count)));
    }

    private IEnumerable<string> Ids() => Host.Recent.Of("Shop.Plain").Select(run => run.Id);

    private async Task<RunInfo> RunAsync()
    {
        var run = await Host.StartAsync("Plain");
        (await Stage.NextAsync()).End();
        return await Host.EndOfAsync(run);
    }
}
