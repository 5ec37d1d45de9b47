using PluginHost.History;

namespace PluginHost.Tests.History;

public sealed class HistorySweepTests(DatabaseKind kind) : OnEachDatabase(kind)
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private RunStore _runs = null!;
    private OccurrenceStore _occurrences = null!;

    [SetUp]
    public void SetUp()
    {
        _runs = new RunStore(Database, TimeProvider.System);
        _occurrences = new OccurrenceStore(Database);
    }

    [Test]
    public async Task WhatIsOlderThanTheLimit_Goes_ButNotWhatHasNotEnded()
    {
        await AddAsync("A.Work", -2, RunState.Succeeded);
        await AddAsync("A.Work", -2, RunState.Running);
        await AddAsync("A.Work", 2, RunState.Succeeded);
        await MissAsync(-2);
        await MissAsync(2);

        await new HistorySweep(Database).SweepAsync(Noon, null, default);

        Assert.That(Runs().Select(run => (run.QueuedAt, run.State)), Is.EqualTo(new[] { (Noon.AddHours(2), RunState.Succeeded), (Noon.AddHours(-2), RunState.Running) }));
        Assert.That(_occurrences.List(new OccurrenceQuery()).Items.Select(row => row.Due), Is.EqualTo(new[] { Noon.AddHours(2) }));
    }

    [Test]
    public async Task OfEachScript_TheNewestStay()
    {
        for (var hour = 0; hour < 4; hour++)
        {
            await AddAsync("A.Work", hour, RunState.Succeeded);
        }

        await AddAsync("B.Work", -9, RunState.Succeeded);

        await new HistorySweep(Database).SweepAsync(null, 2, default);

        Assert.That(Runs().Select(run => (run.Script, run.QueuedAt.Hour)), Is.EquivalentTo(new[] { ("A.Work", 15), ("A.Work", 14), ("B.Work", 3) }));
    }

    [Test]
    public async Task MoreThanGoAtOnce_AllGo()
    {
        for (var minute = 0; minute < 1001; minute++)
        {
            await AddAsync("A.Work", minute / 60.0 - 20, RunState.Succeeded);
        }

        await new HistorySweep(Database).SweepAsync(Noon, null, default);

        Assert.That(Runs(), Is.Empty);
    }

    private IReadOnlyList<RunInfo> Runs() => _runs.List(new RunQuery { Limit = 500 }).Items;

    private Task MissAsync(double hours) => _occurrences.AddAsync(
        new OccurrenceInfo
        {
            Script = "A.Work", Schedule = "key", Due = Noon.AddHours(hours), Until = Noon.AddHours(hours), Count = 1, Outcome = OccurrenceOutcome.Missed, Reason = $"{hours}",
        },
        new ScheduleMark("A.Work", "key", Noon.AddHours(hours)),
        default);

    private async Task AddAsync(string script, double hours, RunState state) => await _runs.AddAsync(
        new RunInfo
        {
            Id = Guid.CreateVersion7(Noon.AddHours(hours)).ToString("n"), Script = script, Plugin = "A", Trigger = RunTrigger.Manual, QueuedAt = Noon.AddHours(hours),
            State = state, Attempt = 1, Node = "node",
        },
        null,
        default);
}
