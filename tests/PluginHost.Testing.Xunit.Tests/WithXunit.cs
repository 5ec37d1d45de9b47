using Microsoft.Extensions.DependencyInjection;
using PluginHost.Testing.Tests;

namespace PluginHost.Testing.Xunit.Tests;

public sealed class WithXunit : IAsyncDisposable
{
    private readonly ScriptHarness<DailyTotals> _harness = new("Reports");

    [Fact]
    public async Task AScript_RunsWithParametersAndFakes()
    {
        _harness.Services.AddSingleton<IOrders>(new FakeOrders());

        var result = (await _harness.RunAsync(new { Days = 3 }, TestContext.Current.CancellationToken)).EnsureSucceeded();

        Assert.Equal(42m, result.GetResult<Totals>()!.Sum);
        await Assert.ThrowsAsync<InvalidParametersException>(() => _harness.RunAsync(new { Days = 0 }, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task AScriptThatWaits_GoesOnAsTheClockMoves()
    {
        await using var harness = new ScriptHarness<Waiting>();
        var run = harness.Start(cancellationToken: TestContext.Current.CancellationToken);

        harness.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal("Waited 1", Assert.Single(run.Log).Message);
        harness.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal(RunState.Succeeded, (await run.Completion).State);
    }

    public ValueTask DisposeAsync() => _harness.DisposeAsync();
}
