using PluginHost.Scripts;

namespace PluginHost.Tests.Scripts;

public sealed class ScheduleWindowTests
{
    private static readonly DateTimeOffset NewYear = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly List<string> _problems = [];

    [TestCase("2026-01-10", "2026-01-10T00:00:00Z", "2026-01-11T00:00:00Z", "UTC")]
    [TestCase("2026-01-10", "2026-01-09T23:00:00Z", "2026-01-10T23:00:00Z", "Europe/Berlin")]
    [TestCase("2026-07-10T18:00", "2026-07-10T16:00:00Z", "2026-07-10T16:00:00Z", "Europe/Berlin")]
    [TestCase("2026-07-10T18:00:30.5", "2026-07-10T16:00:30.5Z", "2026-07-10T16:00:30.5Z", "Europe/Berlin")]
    [TestCase("2026-07-10T18:00Z", "2026-07-10T18:00:00Z", "2026-07-10T18:00:00Z", "Europe/Berlin")]
    [TestCase(" 2026-07-10T18:00:00+05:30 ", "2026-07-10T12:30:00Z", "2026-07-10T12:30:00Z", "Europe/Berlin")]
    [TestCase("2026-03-29T02:30", "2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z", "Europe/Berlin", Description = "what clocks skip is the end of the gap")]
    [TestCase("2026-10-25T02:30", "2026-10-25T00:30:00Z", "2026-10-25T00:30:00Z", "Europe/Berlin", Description = "what clocks show twice is the first")]
    public void AnEnd_IsReadInItsZone_AndADateIsItsWholeDay(string text, string from, string until, string zone)
    {
        var inZone = TimeZoneInfo.FindSystemTimeZoneById(zone);

        Assert.That(ScheduleWindow.TryRead(text, inZone, wholeDay: false, out var asFrom) ? asFrom : null, Is.EqualTo(DateTimeOffset.Parse(from, null)));
        Assert.That(ScheduleWindow.TryRead(text, inZone, wholeDay: true, out var asUntil) ? asUntil : null, Is.EqualTo(DateTimeOffset.Parse(until, null)));
    }

    [TestCase("")]
    [TestCase("tomorrow")]
    [TestCase("2026-02-30")]
    [TestCase("2026-1-1")]
    [TestCase("01/02/2026")]
    [TestCase("2026-01-01 12:00")]
    [TestCase("2026-01-01T25:00")]
    [TestCase("9999-12-31")]
    public void WhatIsNoMoment_IsRefused(string text)
    {
        Read(new ScheduleAttribute("@daily") { From = text, Until = text });

        Assert.That(_problems, Has.Count.EqualTo(2));
        Assert.That(_problems[0], Does.Contain($"From is \"{text}\", which is no moment. Write a date (2026-01-31) or"));
    }

    [TestCase("2026-02-01", "2026-01-31", "From is 2026-02-01 00:00:00Z and Until 2026-02-01 00:00:00Z. From has to come before Until.")]
    [TestCase("2026-02-01", "2026-01-30", "From has to come before Until.")]
    [TestCase("2026-02-02", "2026-02-05", "The expression has no time between 2026-02-02 00:00:00Z and 2026-02-06 00:00:00Z, so it would never run.")]
    public void AWindowWithNothingInIt_IsRefused(string from, string until, string expected)
    {
        Read(new ScheduleAttribute("0 6 1 * *") { From = from, Until = until });

        Assert.That(_problems.Single(), Does.Contain(expected));
    }

    [Test]
    public void NextAfter_IsInTheWindow_WhoseBeginningBelongsToIt_AndWhoseEndDoesNot()
    {
        var schedule = Read(new ScheduleAttribute("0 * * * *") { From = "2026-01-10T06:00", Until = "2026-01-10T08:00" })!;

        Assert.That(schedule.NextAfter(NewYear), Is.EqualTo(NewYear.AddDays(9).AddHours(6)));
        Assert.That(schedule.NextAfter(NewYear.AddDays(9).AddHours(6)), Is.EqualTo(NewYear.AddDays(9).AddHours(7)));
        Assert.That(schedule.NextAfter(NewYear.AddDays(9).AddHours(7)), Is.Null);
    }

    [TestCase(null)]
    [TestCase("50m")]
    public void Missed_AgreesWithNextAfter_OverBothEnds(string? jitter)
    {
        var schedule = Read(new ScheduleAttribute("*/7 * * * *") { From = "2026-01-10T06:00", Until = "2026-01-10T08:03", Jitter = jitter })!;
        var times = new List<DateTimeOffset>();
        for (var next = schedule.NextAfter(NewYear); next is { } time; next = schedule.NextAfter(time))
        {
            times.Add(time);
        }

        Assert.That(schedule.Missed(NewYear, NewYear.AddDays(20)).Reverse(), Is.EqualTo(times));
        Assert.That(schedule.Missed(times[0], times[3]).Reverse(), Is.EqualTo(times[1..4]));
        Assert.That(schedule.Missed(NewYear.AddDays(20), NewYear.AddDays(21)), Is.Empty);
        Assert.That(schedule.Missed(NewYear, NewYear.AddDays(1)), Is.Empty);
    }

    private ScheduleDescriptor? Read(ScheduleAttribute schedule) => new ScheduleReader("Reports.Daily", _problems.Add).Read([schedule]).SingleOrDefault();
}
