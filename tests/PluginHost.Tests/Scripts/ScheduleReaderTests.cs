using PluginHost.Scripts;

namespace PluginHost.Tests.Scripts;

public sealed class ScheduleReaderTests
{
    private const string Id = "Reports.Daily";
    private static readonly DateTimeOffset NewYear = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly List<string> _problems = [];

    [TestCase("*/5 * * * *", "2026-01-01T00:05:00Z")]
    [TestCase("30 0 6 * * *", "2026-01-01T06:00:30Z", Description = "six fields have seconds in front")]
    [TestCase("@daily", "2026-01-02T00:00:00Z", Description = "a macro without H is not moved by the seed")]
    [TestCase("@MONTHLY", "2026-02-01T00:00:00Z")]
    [TestCase("0 6 * * THU", "2026-01-01T06:00:00Z", Description = "the H in THU is no hash")]
    [TestCase("0 0 13 * FRI", "2026-02-13T00:00:00Z", Description = "day of month and day of week both have to match")]
    [TestCase("0 0 LW * ?", "2026-01-30T00:00:00Z")]
    [TestCase("0 0 * * MON#2", "2026-01-12T00:00:00Z")]
    [TestCase("  0\t6  * * 1-5 ", "2026-01-01T06:00:00Z")]
    public void Read_OfAnExpression_FiresWhenItSays(string cron, string next) =>
        Assert.That(ReadOne(new ScheduleAttribute(cron)).NextAfter(NewYear), Is.EqualTo(DateTimeOffset.Parse(next, null)));

    [TestCase("", "The expression is empty. Write five fields (minute, hour, day of month, month, day of week), for example \"0 6 * * MON-FRI\"")]
    [TestCase("61 * * * *", "The expression cannot be read: Minutes: Value must be a number between 0 and 59 (all inclusive). A right one is")]
    [TestCase("* * * *", "The expression has 4 fields. Write five")]
    [TestCase("*", "The expression has 1 field. Write five")]
    [TestCase("0 0 6 * * * 2026", "There is no field for the year")]
    [TestCase("@every 5m", "Write an interval as a step, for example \"*/5 * * * *\"")]
    [TestCase("@reboot", "a script has no schedule for the start of the host")]
    [TestCase("@dayly", "The expression is not a macro. There are @every_second")]
    [TestCase("0 6 * * MONDAY", "The expression cannot be read: Days of week")]
    [TestCase("H(0-29) * * * *", "The expression cannot be read: Minutes")]
    [TestCase("0 0 30 2 *", "The expression names a date that never comes")]
    [TestCase("0 0 31 4,6,9,11 *", "The expression names a date that never comes")]
    public void Read_OfAWrongExpression_SaysWhatIsWrongAndWhatIsRight(string cron, string expected)
    {
        Assert.That(Read(new ScheduleAttribute(cron)), Is.Empty);
        Assert.That(_problems.Single(), Does.StartWith($"Schedule \"{cron}\" of script '{Id}': ").And.Contains(expected));
    }

    [Test]
    public void Read_OfASeveralMistakes_NamesThemAll()
    {
        Read(new ScheduleAttribute("x") { TimeZone = "Mars", Overlap = (OverlapPolicy)9, CatchUp = (CatchUpPolicy)8, CatchUpWindow = "0s", Jitter = "2d" });

        Assert.That(_problems, Has.Count.EqualTo(6));
        Assert.That(string.Join('\n', _problems), Does
            .Contain("has 1 field")
            .And.Contain("no time zone 'Mars'")
            .And.Contain("Overlap is 9, which is none of Skip, Queue, QueueAll, CancelPrevious, Allow.")
            .And.Contain("CatchUp is 8, which is none of None, Latest, All.")
            .And.Contain("CatchUpWindow is \"0s\". It has to be more than zero and at most 366d.")
            .And.Contain("Jitter is \"2d\". It has to be at least 0s and at most 1d."));
    }

    [TestCase("Europe/Berlin", "2026-01-01T05:00:00Z")]
    [TestCase("W. Europe Standard Time", "2026-01-01T05:00:00Z")]
    [TestCase("America/New_York", "2026-01-01T11:00:00Z")]
    [TestCase("UTC", "2026-01-01T06:00:00Z")]
    public void Read_OfATimeZone_TakesIanaAndWindowsIds(string zone, string next) =>
        Assert.That(ReadOne(new ScheduleAttribute("0 6 * * *") { TimeZone = zone }).NextAfter(NewYear), Is.EqualTo(DateTimeOffset.Parse(next, null)));

    [TestCase("Berlin", "This machine knows no time zone 'Berlin'. Did you mean 'Europe/Berlin'?")]
    [TestCase("New York", "Did you mean 'America/New_York'?")]
    [TestCase("Europe/Berln", "Did you mean 'Europe/Berlin'?")]
    [TestCase("Middle-earth/Shire", "Write an IANA or Windows id, for example \"Europe/Berlin\".")]
    [TestCase("", "The time zone is empty.")]
    [TestCase("../../etc/passwd", "This machine knows no time zone")]
    public void Read_OfAnUnknownTimeZone_SaysWhichWasMeant(string zone, string expected)
    {
        Assert.That(Read(new ScheduleAttribute("0 6 * * *") { TimeZone = zone }), Is.Empty);
        Assert.That(_problems.Single(), Does.Contain(expected));
    }

    [TestCase("30 2 * * *", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z", Description = "in spring the skipped 02:30 runs at 03:00")]
    [TestCase("30 2 * * *", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z", Description = "in autumn the doubled 02:30 runs the first time")]
    [TestCase("30 2 * * *", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z", Description = "and only then")]
    [TestCase("*/30 * * * *", "2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z", Description = "an interval goes on through the doubled hour")]
    public void NextAfter_OverDaylightSaving_IsAsCronosDefinesIt(string cron, string after, string next)
    {
        var schedule = ReadOne(new ScheduleAttribute(cron) { TimeZone = "Europe/Berlin" });

        Assert.That(schedule.NextAfter(DateTimeOffset.Parse(after, null)), Is.EqualTo(DateTimeOffset.Parse(next, null)));
    }

    [Test]
    public void Missed_GivesTheTimesInBetween_NewestFirst()
    {
        var schedule = ReadOne(new ScheduleAttribute("0 * * * *"));

        var missed = schedule.Missed(NewYear, NewYear.AddHours(3)).ToList();

        Assert.That(missed, Is.EqualTo(new[] { NewYear.AddHours(3), NewYear.AddHours(2), NewYear.AddHours(1) }));
    }

    [Test]
    public void Missed_WithJitter_AgreesWithNextAfter()
    {
        var schedule = ReadOne(new ScheduleAttribute("0 * * * *") { Jitter = "10m" });
        var first = schedule.NextAfter(NewYear)!.Value;

        Assert.That(schedule.Missed(NewYear, first), Is.EqualTo(new[] { first }));
        Assert.That(schedule.Missed(first, first.AddMinutes(59)), Is.Empty);
    }

    // Fixed values: another process, another node and another version of the host must come to the same.
    [TestCase("Reports.Daily", "0 6 * * *|UTC", 65_570)]
    [TestCase("reports.DAILY", "0 6 * * *|UTC", 65_570, Description = "ids are compared without case")]
    [TestCase("Reports.Weekly", "0 6 * * *|UTC", 316_104)]
    public void Offset_IsTheSameInEveryProcess(string id, string key, int expectedMs) =>
        Assert.That(ScheduleReader.Offset(id, key, TimeSpan.FromMinutes(10)).TotalMilliseconds, Is.EqualTo(expectedMs));

    [Test]
    public void Offset_SpreadsScripts_OverTheWholeJitter()
    {
        var offsets = Enumerable.Range(0, 1000).Select(i => ScheduleReader.Offset($"Plugin{i}.Script", "@hourly|UTC", TimeSpan.FromSeconds(100)).TotalSeconds).ToList();

        Assert.That(offsets, Is.All.InRange(0, 100));
        Assert.That(offsets.GroupBy(offset => (int)(offset / 10)).Select(tenth => tenth.Count()).ToList(), Has.Count.EqualTo(10).And.All.InRange(60, 140));
    }

    [Test]
    public void Read_WithJitter_MovesEachStartByTheSame()
    {
        var schedule = ReadOne(new ScheduleAttribute("0 6 * * *") { Jitter = "10m" });
        var first = schedule.NextAfter(NewYear)!.Value;

        Assert.That(schedule.Offset, Is.EqualTo(TimeSpan.FromMilliseconds(65_570)));
        Assert.That(first, Is.EqualTo(NewYear.AddHours(6) + schedule.Offset));
        Assert.That(schedule.NextAfter(first), Is.EqualTo(first.AddDays(1)));
    }

    [Test]
    public void Read_WithH_IsTheSameInEveryProcess_AndDiffersBetweenScripts()
    {
        Assert.That(ReadOne(new ScheduleAttribute("H H * * *")).Expression.ToString(), Is.EqualTo("0 8 * * *"));
        Assert.That(new ScheduleReader("Reports.Weekly", _problems.Add).Read([new ScheduleAttribute("H H * * *")]).Single().Expression.ToString(), Is.EqualTo("26 5 * * *"));
    }

    [Test]
    public void Read_OfRepeatedSchedules_GivesEachAKeyOfItsOwn()
    {
        var schedules = Read(
            new ScheduleAttribute("0 6 * * *"),
            new ScheduleAttribute("0  6 * * *"),
            new ScheduleAttribute("0 6 * * *") { TimeZone = "Europe/Berlin" });

        Assert.That(schedules.Select(schedule => schedule.Key), Is.EqualTo(new[] { "0 6 * * *|UTC", "0 6 * * *|UTC|2", "0 6 * * *|Europe/Berlin" }));
    }

    [Test]
    public void Read_WithoutSettings_HasTheDocumentedDefaults()
    {
        var schedule = ReadOne(new ScheduleAttribute("0 6 * * *"));

        Assert.That(schedule, Has.Property("Overlap").EqualTo(OverlapPolicy.Skip)
            .And.Property("CatchUp").EqualTo(CatchUpPolicy.Latest)
            .And.Property("CatchUpWindow").EqualTo(TimeSpan.FromHours(1))
            .And.Property("Offset").EqualTo(TimeSpan.Zero));
        Assert.That(schedule.TimeZone.Id, Is.EqualTo("UTC"));
    }

    private IReadOnlyList<ScheduleDescriptor> Read(params ScheduleAttribute[] schedules) => new ScheduleReader(Id, _problems.Add).Read(schedules);

    private ScheduleDescriptor ReadOne(ScheduleAttribute schedule)
    {
        var read = Read(schedule);
        Assert.That(_problems, Is.Empty);
        return read.Single();
    }
}
