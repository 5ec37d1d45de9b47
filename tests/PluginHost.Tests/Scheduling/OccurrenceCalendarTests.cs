using Microsoft.Extensions.Time.Testing;
using PluginHost.History;
using PluginHost.History.Sqlite;
using PluginHost.Scheduling;
using PluginHost.TestInfra;

namespace PluginHost.Tests.Scheduling;

public sealed class OccurrenceCalendarTests
{
    private static readonly ScheduleMark Mark = new("A.Work", "key", DateTimeOffset.UnixEpoch);
    private static readonly DateOnly March = new(2026, 3, 1);

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 4, 10, 12, 0, 0, TimeSpan.Zero));
    private TestDirectory _directory = null!;
    private HistoryDatabase _database = null!;
    private OccurrenceStore _store = null!;
    private OccurrenceCalendar _calendar = null!;

    [SetUp]
    public void SetUp()
    {
        _directory = new TestDirectory();
        _database = new SqliteDatabase(_directory.Combine("history.db"));
        _store = new OccurrenceStore(_database);
        _calendar = new OccurrenceCalendar(_store, _time);
    }

    [TearDown]
    public void TearDown()
    {
        _database.Dispose();
        _directory.Dispose();
    }

    [Test]
    public async Task Times_AreCountedByDayAndOutcome()
    {
        await AddAsync("2026-03-02T08:00Z", OccurrenceOutcome.Ran);
        await AddAsync("2026-03-02T09:00Z", OccurrenceOutcome.Ran);
        await AddAsync("2026-03-02T10:00Z", OccurrenceOutcome.Missed);
        await AddAsync("2026-03-05T08:00Z", OccurrenceOutcome.Late);
        await AddAsync("2026-03-05T08:00Z", OccurrenceOutcome.Ran, script: "A.Other");
        await AddAsync("2026-02-28T23:59Z", OccurrenceOutcome.Ran);

        Assert.That(Read("UTC"), Is.EqualTo(new[] { "2026-03-02 Missed 1", "2026-03-02 Ran 2", "2026-03-05 Late 1" }));
    }

    [TestCase("UTC", "2026-03-02", "2026-03-03")]
    [TestCase("America/New_York", "2026-03-02", "2026-03-02")]
    [TestCase("Asia/Kathmandu", "2026-03-03", "2026-03-03")]
    public async Task ADay_IsThatOfTheZone(string zone, string first, string second)
    {
        await AddAsync("2026-03-02T18:15Z", OccurrenceOutcome.Ran);
        await AddAsync("2026-03-03T00:15Z", OccurrenceOutcome.Late);

        Assert.That(Read(zone), Is.EqualTo(new[] { $"{first} Ran 1", $"{second} Late 1" }.Order(StringComparer.Ordinal)));
    }

    [Test]
    public async Task TimesOfOneRow_AreSpreadOverTheirDays_AndNoneIsLost()
    {
        // Each hour for three days and six hours, which began before the first day that is asked for.
        await AddAsync("2026-02-28T12:00Z", OccurrenceOutcome.Missed, until: "2026-03-03T17:00Z", count: 78);

        Assert.That(Read("UTC"), Is.EqualTo(new[] { "2026-03-01 Missed 24", "2026-03-02 Missed 24", "2026-03-03 Missed 18" }));
    }

    [Test]
    public void AZoneThatNobodyKnows_IsRefused() =>
        Assert.That(() => Read("Mars/Olympus"), Throws.ArgumentException.With.Message.Contains("'Mars/Olympus'"));

    [Test]
    public void ADayTooFarBack_IsRefused() =>
        Assert.That(() => _calendar.Read("A.Work", new DateOnly(2020, 1, 1), null), Throws.ArgumentException.With.Message.Contains("2020-01-01"));

    private IEnumerable<string> Read(string zone) =>
        _calendar.Read("A.Work", March, zone).SelectMany(day => day.Counts.Select(count => $"{day.Day:yyyy-MM-dd} {count.Key} {count.Value}")).Order(StringComparer.Ordinal);

    private Task AddAsync(string due, OccurrenceOutcome outcome, string? until = null, long count = 1, string script = "A.Work") => _store.AddAsync(
        new OccurrenceInfo
        {
            Script = script, Schedule = "key", Due = Time(due), Until = Time(until ?? due), Count = count, Outcome = outcome, Reason = $"{due} {outcome}",
        },
        Mark with { Script = script },
        CancellationToken.None);

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
