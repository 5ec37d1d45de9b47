using Cronos;
using PluginHost.Scripts;
using PluginHost.Tests.Running;

namespace PluginHost.Tests.Scheduling;

/// <summary>Random schedules under whatever can happen to them, over years: each time that was due has one outcome, and one run at most.</summary>
public sealed class EveryTimeOnceTests : SchedulerTestBase
{
    private const int Steps = 150;

    private static readonly string[] Zones = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Africa/Cairo"];
    private static readonly string[] Days = ["* * *", "* * MON-FRI", "* * SUN", "1 * *", "L * *", "LW */2 *", "* * TUE#2", "13 * FRI", "29 2 *", "15W * *"];

    private readonly Dictionary<string, DateTimeOffset> _since = new(StringComparer.Ordinal);
    private readonly List<(ScheduleDescriptor Schedule, DateTimeOffset After, DateTimeOffset Until)> _atWork = [];
    private IReadOnlyList<ScheduleDescriptor> _pool = [];
    private IReadOnlyList<ScheduleDescriptor> _live = [];
    private Random _random = new(0);
    private DateTimeOffset _latest;
    private bool _paused;

    [Test]
    public async Task WhateverHappens_EachTimeHasOneOutcome_AndOneRunAtMost([Values(1, 2, 3, 4)] int seed)
    {
        TestContext.Out.WriteLine($"seed {seed}");
        _random = new Random(seed);
        _pool = [.. Enumerable.Range(0, 6).Select(_ => AnySchedule()).DistinctBy(schedule => schedule.Key)];
        Stage.Script = (_, _) => Task.CompletedTask;
        Deploy(_pool);
        await Host.Scheduler.StartAsync(CancellationToken.None);
        await SettleAsync();

        for (var step = 0; step < Steps; step++)
        {
            await DoSomethingAsync();
            _latest = Time.GetUtcNow() > _latest ? Time.GetUtcNow() : _latest;
        }

        await EndAsync();
        Assert.Multiple(() => Check(seed));
    }

    private async Task DoSomethingAsync()
    {
        switch (_random.Next(100))
        {
            case < 62:
                ToNextTime();
                break;
            case < 70:
                Time.Advance(TimeSpan.FromMinutes(_random.Next(1, 20 * 24 * 60)));
                break;
            case < 80 when Time.GetUtcNow() >= _latest:
                // After the clock was set back, a schedule that begins anew would begin in times that had their turn.
                Deploy([.. _pool.Where(_ => _random.Next(3) > 0)]);
                break;
            case < 88:
                _paused = !_paused;
                await PauseAsync(_paused);
                break;
            case < 93:
                await RestartAsync();
                break;
            case < 96:
                Time.AdjustTime(Time.GetUtcNow().AddMinutes(-_random.Next(1, 2 * 24 * 60)));
                break;
            default:
                Time.AdjustTime(Time.GetUtcNow().AddMinutes(_random.Next(1, 5 * 24 * 60)));
                Time.Advance(TimeSpan.FromSeconds(30));
                break;
        }

        await SettleAsync();
    }

    private void ToNextTime()
    {
        var now = Time.GetUtcNow();
        var next = _live.Select(schedule => schedule.NextAfter(now)).Min();
        Time.Advance((next ?? now.AddDays(30)) - now);
    }

    private void Deploy(IReadOnlyList<ScheduleDescriptor> schedules)
    {
        var now = Time.GetUtcNow();
        foreach (var gone in _live.Except(schedules))
        {
            _atWork.Add((gone, _since[gone.Key], now));
            _since.Remove(gone.Key);
        }

        foreach (var schedule in schedules.Except(_live))
        {
            _since[schedule.Key] = now;
        }

        _live = schedules;
        Host.Deploy(typeof(EveryMinute), schedules);
    }

    private async Task RestartAsync()
    {
        await UntilAllRunsHaveEndedAsync();
        await CrashAndRestartAsync();
        Stage.Script = (_, _) => Task.CompletedTask;
        await Host.Runs.StartAsync(CancellationToken.None);
        Time.AdjustTime(Time.GetUtcNow().AddMinutes(_random.Next(0, 3 * 24 * 60)));
        Host.Deploy(typeof(EveryMinute), _live);
        await Host.Scheduler.StartAsync(CancellationToken.None);
    }

    private async Task EndAsync()
    {
        if (_paused)
        {
            await PauseAsync(false);
        }

        if (Time.GetUtcNow() < _latest)
        {
            Time.Advance(_latest - Time.GetUtcNow());
        }

        // Away goes what is at work, so that all of it is accounted for until now.
        Deploy([]);
        await SettleAsync();
        await UntilAllRunsHaveEndedAsync();
    }

    private async Task UntilAllRunsHaveEndedAsync()
    {
        foreach (var run in Page<RunInfo>(after => Host.Runs.List(new RunQuery { Limit = 500, After = after })))
        {
            await Host.EndOfAsync(run);
        }
    }

    private void Check(int seed)
    {
        var rows = Rows();
        foreach (var key in _pool.Select(schedule => schedule.Key))
        {
            var due = Oracle(key);
            var ofKey = rows.Where(row => row.Schedule == key).ToList();
            foreach (var time in due)
            {
                Assert.That(ofKey.Count(row => row.Due <= time && time <= row.Until), Is.EqualTo(1), $"seed {seed}: outcomes of {key} at {time:u}");
            }

            foreach (var row in ofKey)
            {
                Assert.That(due.Count(time => row.Due <= time && time <= row.Until), Is.EqualTo(row.Count), $"seed {seed}: times of {key} from {row.Due:u} to {row.Until:u}, {row.Outcome}");
                Assert.That(row.Outcome, Is.Not.EqualTo(OccurrenceOutcome.Pending), $"seed {seed}: {key} at {row.Due:u}");
            }
        }

        var runs = Page<RunInfo>(after => Host.Runs.List(new RunQuery { Limit = 500, After = after })).Select(run => run.Id).ToList();
        var ofRuns = rows.Select(row => row.RunId).OfType<string>().ToList();
        Assert.That(ofRuns, Is.Unique, $"seed {seed}");
        Assert.That(runs, Is.EquivalentTo(ofRuns), $"seed {seed}: no run without its time");
        TestContext.Out.WriteLine($"{rows.Sum(row => row.Count)} times, {runs.Count} runs, until {Time.GetUtcNow():u}");
        Assert.That(runs, Has.Count.GreaterThan(10), $"seed {seed}: the test needs something to look at");
    }

    /// <summary>All times of a schedule while it was at work, by Cronos alone.</summary>
    private List<DateTimeOffset> Oracle(string key)
    {
        var due = new List<DateTimeOffset>();
        foreach (var (schedule, after, until) in _atWork.Where(entry => entry.Schedule.Key == key))
        {
            due.AddRange(CronExpression.Parse(schedule.Cron)
                .GetOccurrences(after - schedule.Offset, until - schedule.Offset, schedule.TimeZone, fromInclusive: false, toInclusive: true)
                .Where(time => !(time < schedule.Window?.From) && !(time >= schedule.Window?.Until))
                .Select(time => time.ToUniversalTime() + schedule.Offset));
        }

        return due;
    }

    private ScheduleDescriptor AnySchedule() => new ScheduleReader("Shop.Job", problem => Assert.Fail(problem)).Read(
    [
        new ScheduleAttribute($"{_random.Next(60)} {_random.Next(24)} {Any(Days)}")
        {
            TimeZone = Any(Zones),
            Overlap = Any(Enum.GetValues<OverlapPolicy>()),
            CatchUp = Any(Enum.GetValues<CatchUpPolicy>()),
            CatchUpWindow = Any(["1h", "1d", "10d"]),
            Jitter = Any([null, "3h"]),
            From = Any([null, null, "2026-03-10"]),
            Until = Any([null, null, "2028-12-10T12:00"]),
        },
    ]).Single();

    private List<OccurrenceInfo> Rows() => Page<OccurrenceInfo>(after => Host.Occurrences.List(new OccurrenceQuery { Limit = 500, After = after }));

    private static List<T> Page<T>(Func<string?, Page<T>> read)
    {
        var items = new List<T>();
        string? after = null;
        do
        {
            var page = read(after);
            items.AddRange(page.Items);
            after = page.Next;
        }
        while (after is not null);
        return items;
    }

    private T Any<T>(T[] values) => values[_random.Next(values.Length)];
}
