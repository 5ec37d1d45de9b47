using PluginHost.Scripts;

namespace PluginHost.Tests.Scripts;

public sealed class ScheduleAdviceTests
{
    private static readonly DateTimeOffset NewYear = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [TestCase("0 0 13 * FRI", "The day of month (13) and the day of week (FRI) are both given, and a day has to match both.")]
    [TestCase("0 0 0 1-7 * MON", "The day of month (1-7) and the day of week (MON) are both given")]
    [TestCase("0 6 29 2 *", "Its next time is 2028-02-29 06:00:00Z, more than a year away.")]
    public void WhatMayNotBeMeant_IsTold(string cron, string expected) => Assert.That(Advice(new ScheduleAttribute(cron)).Single(), Does.StartWith(expected));

    [TestCase("30 2 * * *", "Europe/Berlin", "At 2026-03-29 02:30 clocks in Europe/Berlin skip its time, so it runs at 03:00 that day.")]
    [TestCase("15,45 2 * * *", "America/New_York", "At 2026-03-08 02:15 clocks in America/New_York skip its time, so it runs at 03:00 that day.")]
    [TestCase("@daily", "Africa/Cairo", "At 2026-04-24 00:00 clocks in Africa/Cairo skip its time, so it runs at 01:00 that day.")]
    public void ATimeThatClocksSkip_IsTold_WithTheDay(string cron, string zone, string expected) =>
        Assert.That(Advice(new ScheduleAttribute(cron) { TimeZone = zone }).Single(), Does.StartWith(expected));

    [TestCase("0 6 * * MON-FRI", "Europe/Berlin")]
    [TestCase("0 0 1 * ?", "Europe/Berlin")]
    [TestCase("*/30 * * * *", "Europe/Berlin", Description = "goes on after the gap")]
    [TestCase("0 0-5 * * *", "Europe/Berlin", Description = "goes on after the gap")]
    [TestCase("@hourly", "Europe/Berlin")]
    [TestCase("0 2 * * *", "UTC")]
    [TestCase("30 2 * * MON", "Europe/Berlin", Description = "clocks change on Sundays")]
    [TestCase("30 2 * 10 *", "Europe/Berlin", Description = "what clocks show twice runs once")]
    [TestCase("0 6 1 1 *", "UTC", Description = "a year is not rare")]
    [TestCase("@yearly", "UTC")]
    public void WhatIsPlain_NeedsNoWord(string cron, string zone) => Assert.That(Advice(new ScheduleAttribute(cron) { TimeZone = zone }), Is.Empty);

    [TestCase("2025-01-01", "2025-06-30", "Its window ended at 2025-07-01 00:00:00Z, so it will not run.")]
    [TestCase(null, "2026-01-01T00:00", "Its window ended at 2026-01-01 00:00:00Z, so it will not run.")]
    [TestCase(null, "2026-01-01T03:00", "It has no time left in its window, so it will not run.")]
    public void AWindowThatIsOver_IsTold(string? from, string until, string expected) =>
        Assert.That(Advice(new ScheduleAttribute("0 6 * * *") { From = from, Until = until }).Single(), Does.StartWith(expected));

    private static List<string> Advice(ScheduleAttribute attribute)
    {
        var problems = new List<string>();
        var schedule = new ScheduleReader("Reports.Daily", problems.Add).Read([attribute]).SingleOrDefault();
        Assert.That(problems, Is.Empty);
        return [.. ScheduleAdvice.For(schedule!, NewYear)];
    }
}
