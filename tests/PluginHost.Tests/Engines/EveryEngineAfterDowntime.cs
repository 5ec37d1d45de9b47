namespace PluginHost.Tests.Engines;

/// <summary>What becomes of the times for which no host was there.</summary>
[TestFixture(Engine.Embedded), TestFixture(Engine.Quartz)]
[Parallelizable(ParallelScope.Self)]
public sealed class EveryEngineAfterDowntime(Engine engine)
{
    [Test]
    public async Task MissedTimes_AreAccountedFor_AndCaughtUpAsEachScheduleSays()
    {
        await using var host = await EngineHost.StartAsync(engine);
        var plugins = new Dictionary<CatchUpPolicy, (TrialPlugin Plugin, Type Script)>
        {
            [CatchUpPolicy.None] = (new(host), typeof(NeverLate)), [CatchUpPolicy.Latest] = (new(host), typeof(Freely)), [CatchUpPolicy.All] = (new(host), typeof(ByAllMeans)),
        };
        Deploy();
        foreach (var (plugin, _) in plugins.Values)
        {
            await plugin.UntilAsync(ledger => ledger.Count(row => row.Outcome == OccurrenceOutcome.Ran) >= 2);
        }

        await host.StopAsync();

        // Longer than what counts as still on time.
        await Task.Delay(TimeSpan.FromSeconds(14));
        await host.StartAgainAsync();
        var from = DateTimeOffset.UtcNow;
        Deploy();

        foreach (var (policy, (plugin, _)) in plugins)
        {
            var ledger = await plugin.UntilAsync(ledger => ledger.Exists(row => row.Due > from && row.Outcome == OccurrenceOutcome.Ran) && ledger.TrueForAll(row => row.Outcome != OccurrenceOutcome.Pending || row.Due > from));
            EveryEngine.AssertComplete(ledger);
            var (caughtUp, missed) = (ledger.Where(row => row.Outcome == OccurrenceOutcome.CaughtUp).ToList(), ledger.Where(row => row.Outcome == OccurrenceOutcome.Missed).Sum(row => row.Count));
            switch (policy)
            {
                case CatchUpPolicy.None:
                    Assert.That(caughtUp, Is.Empty);
                    Assert.That(missed, Is.GreaterThan(2));
                    break;
                case CatchUpPolicy.Latest:
                    Assert.That(caughtUp, Has.Count.EqualTo(1));
                    Assert.That(missed, Is.GreaterThan(1));
                    break;
                default:
                    Assert.That(caughtUp, Has.Count.GreaterThan(2));
                    Assert.That(missed, Is.Zero);
                    break;
            }
        }

        void Deploy()
        {
            foreach (var (plugin, script) in plugins.Values)
            {
                plugin.Stage.Script = (_, _) => Task.CompletedTask;
                plugin.Deploy(script);
            }
        }
    }
}
