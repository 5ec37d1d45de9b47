using Microsoft.Extensions.DependencyInjection;
using PluginHost.Testing.Tests;

[assembly: DoNotParallelize]

namespace PluginHost.Testing.MSTest.Tests;

[TestClass]
public sealed class WithMSTest
{
    [TestMethod]
    public async Task AScript_RunsWithParametersAndFakes()
    {
        await using var harness = new ScriptHarness<DailyTotals>("Reports");
        harness.Services.AddSingleton<IOrders>(new FakeOrders());

        var result = (await harness.RunAsync(new { Days = 3 })).EnsureSucceeded();

        Assert.AreEqual(42m, result.GetResult<Totals>()!.Sum);
        await Assert.ThrowsExactlyAsync<InvalidParametersException>(() => harness.RunAsync(new { Days = 0 }));
    }

    [TestMethod]
    public async Task AScriptThatWaits_GoesOnAsTheClockMoves()
    {
        await using var harness = new ScriptHarness<Waiting>();
        var run = harness.Start();

        harness.Advance(TimeSpan.FromMinutes(5));
        Assert.AreEqual("Waited 1", run.Log.Single().Message);
        harness.Advance(TimeSpan.FromMinutes(5));

        Assert.AreEqual(RunState.Succeeded, (await run.Completion).State);
    }
}
