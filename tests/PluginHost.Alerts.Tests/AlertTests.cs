using PluginHost.AspNetCore.Tests;
using PluginHost.TestInfra;

namespace PluginHost.Alerts.Tests;

/// <summary>What is worth an alert, and what is not.</summary>
public sealed class AlertTests
{
    private readonly FakeHost _host = new();
    private int _runs;
    private Receiver _receiver = null!;
    private WatchedHost _watched = null!;

    [SetUp]
    public async Task SetUp()
    {
        _host.Runs.Clear();
        _host.OccurrenceItems.Clear();
        _receiver = await Receiver.StartAsync();
    }

    [TearDown]
    public async Task TearDown()
    {
        await _watched.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Test]
    public async Task ARunThatFails_IsTold_AndThoseAfterItAreNot_UntilOneSucceeds()
    {
        await StartAsync();

        _watched.End(Run(RunState.Failed));
        _watched.End(Run(RunState.TimedOut));
        _watched.End(Run(RunState.Succeeded));
        _watched.End(Run(RunState.Succeeded));
        _watched.End(Run(RunState.TimedOut));

        Assert.That(await TitlesAsync(3), Is.EqualTo(new[] { "Reports.Daily failed.", "Reports.Daily succeeds again.", "Reports.Daily ran out of time." }));
    }

    [Test]
    public async Task AScriptThatGoesOnFailing_IsToldOfAgain_AfterAnHour()
    {
        await StartAsync();
        _watched.End(Run(RunState.Failed));
        await TitlesAsync(1);

        _watched.End(Run(RunState.Lost) with { FinishedAt = Examples.Noon + RunAlerts.RepeatAfter - TimeSpan.FromSeconds(1) });
        _watched.End(Run(RunState.Failed) with { FinishedAt = Examples.Noon + RunAlerts.RepeatAfter });

        Assert.That(await TitlesAsync(1), Is.EqualTo(new[] { "Reports.Daily failed." }));
    }

    [Test]
    public async Task AScriptThatIsInQuarantine_IsToldOnce_AndNotThatOfTheHostBefore()
    {
        _host.Scripts[0] = Examples.Script() with { Quarantine = new QuarantineInfo(Examples.Noon.AddHours(-1), 2, "The host died.") };
        await StartAsync();
        _watched.Tell(HostEventKind.Script, "Reports.Daily");
        _host.Scripts.Add(Examples.Script("Reports.Other") with { Quarantine = new QuarantineInfo(DateTimeOffset.MaxValue, 2, "The host died 2 times.") });

        _watched.Tell(HostEventKind.Script, "Reports.Other");
        _watched.Tell(HostEventKind.Script, "Reports.Other");
        _watched.End(Run(RunState.Failed));

        Assert.That(await TitlesAsync(2), Is.EqualTo(new[] { "Reports.Other is in quarantine: the host died of it, as it seems.", "Reports.Daily failed." }));
    }

    [Test]
    public async Task ATryThatIsFollowedByAnother_IsNotTold()
    {
        await StartAsync();

        EndFirstTryAndRetry(RunState.Failed);

        Assert.That(await TitlesAsync(1), Is.EqualTo(new[] { "Reports.Daily failed after 2 attempts." }));
    }

    [Test]
    public async Task AFailure_WhoseRetryIsCancelled_IsTold()
    {
        await StartAsync();

        EndFirstTryAndRetry(RunState.Cancelled);

        Assert.That(await TitlesAsync(1), Is.EqualTo(new[] { "Reports.Daily failed, and its retry was cancelled." }));
    }

    [Test]
    public async Task ASuccess_AfterFailuresOfAnEarlierStart_IsARecovery()
    {
        _host.Runs.Add(Run(RunState.Failed) with { FinishedAt = Examples.Noon.AddDays(-1) });
        await StartAsync();

        _watched.End(Run(RunState.Succeeded));

        Assert.That(await TitlesAsync(1), Is.EqualTo(new[] { "Reports.Daily succeeds again." }));
    }

    [Test]
    public async Task ARunThatWasUnderWay_WhenTheHostDied_IsTold()
    {
        _host.Runs.Add(Run(RunState.Lost) with { FinishedAt = DateTimeOffset.UtcNow });
        await StartAsync();

        Assert.That(await TitlesAsync(1), Is.EqualTo(new[] { "Reports.Daily was lost, because the host died." }));
    }

    [Test]
    public async Task ACancelledRun_SaysNothingOfItsScript()
    {
        await StartAsync();

        _watched.End(Run(RunState.Cancelled));
        _watched.End(Run(RunState.Failed));

        Assert.That(await TitlesAsync(1), Is.EqualTo(new[] { "Reports.Daily failed." }));
    }

    [Test]
    public async Task MissedTimes_AreTold_ButNotThoseOfBefore()
    {
        _host.OccurrenceItems.Add(Missed(1, hoursAgo: 5));
        await StartAsync();
        _watched.Tell(HostEventKind.Script, "Reports.Daily");

        _host.OccurrenceItems.Insert(0, Missed(3, hoursAgo: 2));
        _watched.Tell(HostEventKind.Script, "Reports.Daily");
        Assert.That(await TitlesAsync(1), Is.EqualTo(new[] { "Reports.Daily was due 3 times, and nothing ran." }));

        _watched.Tell(HostEventKind.Script, "Reports.Daily");
        _host.OccurrenceItems.Insert(0, Missed(1, hoursAgo: 1));
        _watched.Tell(HostEventKind.Script, "Reports.Daily");
        Assert.That(await TitlesAsync(1), Is.EqualTo(new[] { "Reports.Daily was due, and nothing ran." }));
    }

    [Test]
    public async Task ARejectedCommit_IsToldOnce_AndThatItIsMended()
    {
        await StartAsync();
        var (good, bad) = Content();
        var told = new List<string>();
        foreach (var plugin in new[] { bad, bad, good, good })
        {
            _host.Plugins[0] = plugin;
            _watched.Tell(HostEventKind.Plugin, plugin.Id);

            // What is told of this comes after what is told of the plugin.
            _watched.End(Run(RunState.Succeeded) with { Script = "Marker" });
            _watched.End(Run(RunState.Failed) with { Script = "Marker" });
            while ((await TitlesAsync(1))[0] is var title && title != "Marker failed.")
            {
                told.Add(title);
            }
        }

        Assert.That(told.Where(title => !title.StartsWith("Marker", StringComparison.Ordinal)), Is.EqualTo(new[] { "Reports was rejected at commit 0123456.", "Reports is live with its newest content again." }));
    }

    [Test]
    public async Task WhatWasTold_IsNotToldAgain_BecauseTheHostIsStartedAnew()
    {
        using var data = new TestDirectory();
        var (good, bad) = Content();
        _host.Plugins[0] = bad;
        await StartOverAsync(data);
        _watched.Tell(HostEventKind.Plugin, bad.Id);
        _watched.End(Run(RunState.Failed));
        Assert.That(await TitlesAsync(2), Is.EqualTo(new[] { "Reports was rejected at commit 0123456.", "Reports.Daily failed." }));
        await _watched.DisposeAsync();

        await StartOverAsync(data);
        _watched.Tell(HostEventKind.Plugin, bad.Id);
        _watched.End(Run(RunState.Failed));
        _watched.End(Run(RunState.Succeeded));
        Assert.That(await TitlesAsync(1), Is.EqualTo(new[] { "Reports.Daily succeeds again." }), "nothing of what came before it");
        _host.Plugins[0] = good;
        _watched.Tell(HostEventKind.Plugin, good.Id);

        Assert.That(await TitlesAsync(1), Is.EqualTo(new[] { "Reports is live with its newest content again." }));
    }

    [Test]
    public async Task AMemoryThatCannotBeRead_StopsNothing()
    {
        using var data = new TestDirectory();
        await File.WriteAllTextAsync(data.Combine("alerts.json"), "{ cut o");
        await StartOverAsync(data);

        _watched.End(Run(RunState.Failed));

        Assert.That(await TitlesAsync(1), Is.EqualTo(new[] { "Reports.Daily failed." }));
    }

    private (PluginInfo Good, PluginInfo Bad) Content()
    {
        var good = _host.Plugins[0] with { State = PluginState.Live, Problem = null, Pin = null };
        return (good, good with { State = PluginState.Degraded, Problem = new PluginProblem(ProblemStage.Build, "0123456789abcdef", "Reports did not build.", []) });
    }

    private async Task StartOverAsync(TestDirectory data) =>
        _watched = await WatchedHost.StartAgainAsync(_host, TimeProvider.System, data.Path, ("Rules:team:Url", _receiver.Url));

    private void EndFirstTryAndRetry(RunState endOfRetry)
    {
        var first = Run(RunState.Failed);
        var second = Run(RunState.Queued) with { FirstRun = first.Id, Attempt = 2 };
        _host.Runs.Insert(0, second);
        _watched.End(first);

        _host.Runs.Remove(second);
        _watched.End(second with { State = endOfRetry, FinishedAt = Examples.Noon });
    }

    private async Task StartAsync() => _watched = await WatchedHost.StartAsync(_host, TimeProvider.System, ("Rules:team:Url", _receiver.Url));

    private async Task<string[]> TitlesAsync(int count)
    {
        var titles = new List<string>();
        while (titles.Count < count)
        {
            titles.Add((await _receiver.NextAsync()).Title);
        }

        return [.. titles];
    }

    private RunInfo Run(RunState state) => Examples.Run() with
    {
        Id = $"run{++_runs:D4}", State = state, Attempt = 1, FirstRun = null, FinishedAt = state == RunState.Queued ? null : Examples.Noon,
    };

    private static OccurrenceInfo Missed(long count, int hoursAgo) => Examples.Occurrence with
    {
        Outcome = OccurrenceOutcome.Missed, Count = count, Due = Examples.Noon.AddHours(-hoursAgo), Until = Examples.Noon.AddHours(-hoursAgo).AddMinutes(count - 1), Reason = "the host was down",
    };
}
