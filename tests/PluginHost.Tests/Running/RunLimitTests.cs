namespace PluginHost.Tests.Running;

/// <summary>How many runs are under way at once.</summary>
public sealed class RunLimitTests : RunTestBase
{
    private protected override void Configure(PluginHostOptions options) => options.Runs.MaxConcurrentPerPlugin = 2;

    [TestCase(nameof(OneAtATime), nameof(OneAtATime), Description = "the script says one")]
    [TestCase(nameof(Grouped), nameof(Grouped), Description = "a group without a number lets one run")]
    public async Task BeyondTheBound_ARunWaits_AndOthersDoNot(string first, string second)
    {
        Host.Deploy(typeof(OneAtATime), typeof(Grouped), typeof(Plain));
        await Host.StartAsync(first);
        var under = await Stage.NextAsync();

        var waiting = await Host.StartAsync(second);
        Assert.That(waiting.State, Is.EqualTo(RunState.Queued));
        Assert.That((await Host.StartAsync("Plain")).State, Is.EqualTo(RunState.Running));
        await Stage.NextAsync();

        under.End();
        Assert.That((await Stage.NextAsync()).Context.RunId, Is.EqualTo(waiting.Id));
    }

    [Test]
    public async Task APlugin_HasItsPlaces()
    {
        Host.Deploy(typeof(Plain), typeof(Other));
        await Host.StartAsync("Plain");
        await Host.StartAsync("Other");

        Assert.That((await Host.StartAsync("Plain")).State, Is.EqualTo(RunState.Queued));
    }
}
