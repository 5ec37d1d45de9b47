using PluginHost.Scripts;

namespace PluginHost.Tests.Scripts;

/// <summary>What Cronos's documentation promises of each expression, through our schedules.</summary>
public sealed class CronosCasesTests
{
    private static IEnumerable<TestCaseData> Cases()
    {
        // Base characters. The first of January 2026 is a Thursday.
        yield return Case("* * * * *", "UTC", "2026-01-01T00:00:30Z", "2026-01-01T00:01:00Z", "2026-01-01T00:02:00Z");
        yield return Case("0  0 1 * *", "UTC", "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z");
        yield return Case("*/5 * * * *", "UTC", "2026-01-01T00:56:00Z", "2026-01-01T01:00:00Z", "2026-01-01T01:05:00Z");
        yield return Case("30,45-15/2 1 * * *", "UTC", "2026-01-01T01:13:00Z", "2026-01-01T01:15:00Z", "2026-01-01T01:30:00Z", "2026-01-01T01:45:00Z", "2026-01-01T01:47:00Z");
        yield return Case("0 0 * * MON-FRI", "UTC", "2026-01-02T00:00:00Z", "2026-01-05T00:00:00Z", "2026-01-06T00:00:00Z");
        yield return Case("0 23-1 * * *", "UTC", "2026-01-01T12:00:00Z", "2026-01-01T23:00:00Z", "2026-01-02T00:00:00Z", "2026-01-02T01:00:00Z", "2026-01-02T23:00:00Z");
        yield return Case("0 0 1 DEC-FEB *", "UTC", "2026-01-15T00:00:00Z", "2026-02-01T00:00:00Z", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z");
        yield return Case("*/24 0 * * *", "UTC", "2026-01-01T00:00:00Z", "2026-01-01T00:24:00Z", "2026-01-01T00:48:00Z", "2026-01-02T00:00:00Z");
        yield return Case("3,5-11/3,12 * * * *", "UTC", "2026-01-01T00:00:00Z", "2026-01-01T00:03:00Z", "2026-01-01T00:05:00Z", "2026-01-01T00:08:00Z", "2026-01-01T00:11:00Z", "2026-01-01T00:12:00Z");
        yield return Case("*/30 * * * * *", "UTC", "2026-01-01T00:00:00Z", "2026-01-01T00:00:30Z", "2026-01-01T00:01:00Z");
        yield return Case("0 0 * * 0", "UTC", "2026-01-01T00:00:00Z", "2026-01-04T00:00:00Z");
        yield return Case("0 0 * * 7", "UTC", "2026-01-01T00:00:00Z", "2026-01-04T00:00:00Z");

        // Special characters. The 1st, 15th and 31st of August 2026 are a Saturday, a Saturday and a Monday.
        yield return Case("0 0 L   * *", "UTC", "2026-02-01T00:00:00Z", "2026-02-28T00:00:00Z", "2026-03-31T00:00:00Z", "2026-04-30T00:00:00Z");
        yield return Case("0 0 L * *", "UTC", "2028-02-01T00:00:00Z", "2028-02-29T00:00:00Z");
        yield return Case("0 0 L-1 * *", "UTC", "2026-02-01T00:00:00Z", "2026-02-27T00:00:00Z", "2026-03-30T00:00:00Z");
        yield return Case("0 0 3W  * *", "UTC", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", "2026-02-03T00:00:00Z");
        yield return Case("0 0 15W * *", "UTC", "2026-08-01T00:00:00Z", "2026-08-14T00:00:00Z");
        yield return Case("0 0 1W * *", "UTC", "2026-07-31T00:00:00Z", "2026-08-03T00:00:00Z");
        yield return Case("0 0 31W * *", "UTC", "2026-05-02T00:00:00Z", "2026-05-29T00:00:00Z");
        yield return Case("0 0 LW  * *", "UTC", "2026-01-01T00:00:00Z", "2026-01-30T00:00:00Z", "2026-02-27T00:00:00Z");
        yield return Case("0 0 *   * 2L", "UTC", "2026-01-01T00:00:00Z", "2026-01-27T00:00:00Z", "2026-02-24T00:00:00Z");
        yield return Case("0 0 * * FRIL", "UTC", "2026-01-01T00:00:00Z", "2026-01-30T00:00:00Z");
        yield return Case("0 0 *   * 6#3", "UTC", "2026-01-01T00:00:00Z", "2026-01-17T00:00:00Z", "2026-02-21T00:00:00Z");
        yield return Case("0 0 * * SAT#2", "UTC", "2026-01-01T00:00:00Z", "2026-01-10T00:00:00Z");
        yield return Case("0 0 ?   1 MON#1", "UTC", "2026-01-06T00:00:00Z", "2027-01-04T00:00:00Z");
        yield return Case("0 0 5 * ?", "UTC", "2026-01-01T00:00:00Z", "2026-01-05T00:00:00Z", "2026-02-05T00:00:00Z");
        yield return Case("0 0 13 * 5", "UTC", "2026-01-01T00:00:00Z", "2026-02-13T00:00:00Z", "2026-03-13T00:00:00Z", "2026-11-13T00:00:00Z");

        // Macros.
        yield return Case("@every_second", "UTC", "2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z");
        yield return Case("@every_minute", "UTC", "2026-01-01T00:00:00Z", "2026-01-01T00:01:00Z");
        yield return Case("@hourly", "UTC", "2026-01-01T00:00:00Z", "2026-01-01T01:00:00Z");
        yield return Case("@daily", "UTC", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z");
        yield return Case("@midnight", "UTC", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z");
        yield return Case("@weekly", "UTC", "2026-01-01T00:00:00Z", "2026-01-04T00:00:00Z");
        yield return Case("@monthly", "UTC", "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z");
        yield return Case("@yearly", "UTC", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z");
        yield return Case("@annually", "UTC", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z");

        // Clocks go forward, and back.
        yield return Case("0 30 2 * * *", "America/New_York", "2016-03-13T01:59:59-05:00", "2016-03-13T03:00:00-04:00", "2016-03-14T02:30:00-04:00");
        yield return Case("30 * * * *", "America/New_York", "2016-11-06T00:59:59-04:00", "2016-11-06T01:30:00-04:00", "2016-11-06T01:30:00-05:00", "2016-11-06T02:30:00-05:00");
        yield return Case("30 1 * * *", "America/New_York", "2016-11-06T00:59:59-04:00", "2016-11-06T01:30:00-04:00", "2016-11-07T01:30:00-05:00");
        yield return Case("0 * 1 * * *", "America/New_York", "2016-11-06T01:58:30-04:00", "2016-11-06T01:59:00-04:00", "2016-11-06T01:00:00-05:00");
        yield return Case("0 0,45 1,2 * * *", "America/New_York", "2016-11-06T01:00:00-04:00", "2016-11-06T01:45:00-04:00", "2016-11-06T02:00:00-05:00", "2016-11-06T02:45:00-05:00");
    }

    [TestCaseSource(nameof(Cases))]
    public void TheTimes_AreThoseThatAreDocumented(string cron, string zone, string after, string[] expected)
    {
        var schedule = new ScheduleReader("Reports.Daily", problem => Assert.Fail(problem)).Read([new ScheduleAttribute(cron) { TimeZone = zone }]).Single();
        var from = DateTimeOffset.Parse(after, null);
        var times = new List<DateTimeOffset>();
        for (var time = schedule.NextAfter(from); times.Count < expected.Length; time = schedule.NextAfter(time!.Value))
        {
            times.Add(time!.Value);
        }

        Assert.That(times, Is.EqualTo(expected.Select(time => DateTimeOffset.Parse(time, null))));
        Assert.That(schedule.Missed(from, times[^1]).Reverse(), Is.EqualTo(times), "and backwards they are the same");
    }

    private static TestCaseData Case(string cron, string zone, string after, params string[] expected) =>
        new TestCaseData(cron, zone, after, expected).SetArgDisplayNames(cron, zone, after);
}
