using PluginHost.Tests.Running;

namespace PluginHost.Tests.Scheduling;

/// <summary>A host that is alone, and scripts that need a label or run on every node.</summary>
public sealed class LabelTests : SchedulerTestBase
{
    private readonly List<string> _labels = [];

    private protected override void Configure(PluginHostOptions options) => options.NodeLabels = [.. _labels];

    [SetUp]
    public void HasNone() => _labels.Clear();

    [Test]
    public async Task WithTheLabel_ItRunsAsAnyOther()
    {
        _labels.Add("GPU");
        await CrashAndRestartAsync();
        await GoLiveAsync(typeof(EveryMinuteOnGpu));
        await PassUntilAsync(At(12, 1));

        await EndAsync(await NextForAsync(At(12, 1)));
        Assert.That((await Host.StartAsync("Job")).NodeLabel, Is.EqualTo("gpu"));
    }

    [Test]
    public async Task WithoutTheLabel_ARequestIsRefused_AndTheTimesAreMissed_ButForTheOneThatIsCaughtUpOnceItIsThere()
    {
        await GoLiveAsync(typeof(EveryMinuteOnGpu));
        Assert.That(() => Host.StartAsync("Job"), Throws.TypeOf<ConflictException>().With.Message.Contains("needs a node with the label 'gpu'").And.Message.Contains("PluginHost:NodeLabels"));
        await PassUntilAsync(At(12, 4).AddSeconds(30));

        var row = Host.Occurrences.List(new OccurrenceQuery()).Items.Single();
        Assert.That((row.Outcome, row.Due, row.Until, row.Count), Is.EqualTo((OccurrenceOutcome.Missed, At(12, 1), At(12, 3), 3L)), "12:04 waits");
        Assert.That(row.Reason, Does.Contain("label 'gpu'"));
        Assert.That(Times(), Is.Empty);

        Time.AdjustTime(At(12, 6));
        Host.ScheduleWatch.Look();
        Assert.That(Host.Problems.All, Has.One.Contains("'gpu' for 'Shop.Job'").And.None.Contains("behind"));

        _labels.Add("gpu");
        await CrashAndRestartAsync();
        await GoLiveAsync(typeof(EveryMinuteOnGpu));
        await NextForAsync(At(12, 6), RunTrigger.CatchUp);
    }

    [Test]
    public async Task WithoutTheLabel_WhatIsNotCaughtUp_IsInTheLedgerAtOnce()
    {
        await GoLiveAsync(typeof(EveryMinuteOnGpuOrNot));
        await PassUntilAsync(At(12, 3));

        var row = Host.Occurrences.List(new OccurrenceQuery()).Items.Single();
        Assert.That((row.Outcome, row.Until, row.Count), Is.EqualTo((OccurrenceOutcome.Missed, At(12, 3), 3L)));
    }

    [Test]
    public async Task WithoutTheLabel_AScriptThatRunsAfterAnother_IsNotStarted()
    {
        Host.Deploy(typeof(Plain), typeof(AfterPlainOnGpu), typeof(AfterPlain));
        var run = await Host.StartAsync("Plain");
        (await Stage.NextAsync()).End();
        await Host.EndOfAsync(run);

        Assert.That((await Stage.NextAsync()).Context.ScriptId, Is.EqualTo("Shop.AfterPlain"));
        Assert.That(Host.Runs.List(new RunQuery { Script = "Shop.AfterPlainOnGpu" }).Items, Is.Empty);
    }

    [Test]
    public async Task OnEveryNode_IsOnce()
    {
        await GoLiveAsync(typeof(EveryMinuteEverywhere));
        await PassUntilAsync(At(12, 1));
        await EndAsync(await NextForAsync(At(12, 1)));

        var run = Host.Runs.List(new RunQuery()).Items.Single();
        Assert.That(run.FanOut, Is.EqualTo(run.Id));
        Assert.That(Host.Runs.List(new RunQuery { FanOut = run.Id }).Items.Single().Id, Is.EqualTo(run.Id));
        Assert.That(Host.Occurrences.List(new OccurrenceQuery()).Items.Single(), Has.Property("Outcome").EqualTo(OccurrenceOutcome.Ran).And.Property("RunId").EqualTo(run.Id));
    }
}
