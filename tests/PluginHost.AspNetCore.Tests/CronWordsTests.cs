using System.Globalization;
using Cronos;
using PluginHost.AspNetCore.Pages;

namespace PluginHost.AspNetCore.Tests;

/// <summary>What is said of a schedule is what Cronos does with it.</summary>
public sealed class CronWordsTests
{
    private static readonly DateTimeOffset NewYear = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [TestCase("0 6 * * *", "at 06:00 every day", "01-01 06:00:00, 01-02 06:00:00")]
    [TestCase("0 6 * * MON-FRI", "at 06:00 from Monday to Friday", "01-01 06:00:00, 01-02 06:00:00, 01-05 06:00:00")]
    [TestCase("30 18,6 * * sat,0", "at 06:30 and 18:30 on Saturday and Sunday", "01-03 06:30:00, 01-03 18:30:00, 01-04 06:30:00")]
    [TestCase("0 0 * * FRI-MON", "at 00:00 from Friday to Monday", "01-02 00:00:00, 01-03 00:00:00, 01-04 00:00:00, 01-05 00:00:00, 01-09 00:00:00")]
    [TestCase("15 7 5 4 * *", "at 05:07:15 on day 4 of the month", "01-04 05:07:15, 02-04 05:07:15")]
    [TestCase("30 15 7 * * *", "at 07:15:30 every day", "01-01 07:15:30")]
    [TestCase("*/20 * * * * *", "every 20 seconds", "01-01 00:00:20, 01-01 00:00:40, 01-01 00:01:00")]
    [TestCase("* * * * * *", "every second", "01-01 00:00:01")]
    [TestCase("0 */5 * * * *", "every 5 minutes", "01-01 00:05:00, 01-01 00:10:00")]
    [TestCase("0/15 * * * *", "every 15 minutes", "01-01 00:15:00, 01-01 00:30:00, 01-01 00:45:00, 01-01 01:00:00")]
    [TestCase("* 8-17 * * 1-5", "every minute from 08:00 to 17:59 from Monday to Friday", "01-01 08:00:00, 01-01 08:01:00")]
    [TestCase("5 * * * *", "every hour at 5 min past", "01-01 00:05:00, 01-01 01:05:00")]
    [TestCase("0 9-17 * * *", "every hour from 09:00 to 17:00", "01-01 09:00:00, 01-01 10:00:00")]
    [TestCase("10 */6 * * *", "every 6 hours at 10 min past", "01-01 00:10:00, 01-01 06:10:00")]
    [TestCase("0 0 1,15 * *", "at 00:00 on days 1 and 15 of the month", "01-15 00:00:00, 02-01 00:00:00")]
    [TestCase("0 0 L * *", "at 00:00 on the last day of the month", "01-31 00:00:00, 02-28 00:00:00")]
    [TestCase("0 0 L-2 * *", "at 00:00 2 days before the last day of the month", "01-29 00:00:00, 02-26 00:00:00")]
    [TestCase("0 0 LW * *", "at 00:00 on the last weekday of the month", "01-30 00:00:00, 02-27 00:00:00")]
    [TestCase("0 0 15W * *", "at 00:00 on the weekday nearest to day 15 of the month", "01-15 00:00:00, 02-16 00:00:00")]
    [TestCase("0 9 * * MON#2", "at 09:00 on the second Monday of the month", "01-12 09:00:00, 02-09 09:00:00")]
    [TestCase("0 9 ? * 5L", "at 09:00 on the last Friday of the month", "01-30 09:00:00, 02-27 09:00:00")]
    [TestCase("0 0 1 JAN,7 *", "at 00:00 on day 1 of the month in January and July", "07-01 00:00:00")]
    [TestCase("0 12 * 3-5 *", "at 12:00 every day from March to May", "03-01 12:00:00")]
    [TestCase("@daily", "at 00:00 every day", "01-02 00:00:00")]
    [TestCase("@hourly", "every hour", "01-01 01:00:00")]
    [TestCase("@weekly", "at 00:00 on Sunday", "01-04 00:00:00, 01-11 00:00:00")]
    [TestCase("@yearly", "at 00:00 on day 1 of the month in January", null)]
    [TestCase("*/7 * * * *", null, null)]
    [TestCase("H H * * *", null, null)]
    [TestCase("0 6 1 * MON", null, null)]
    [TestCase("0 6 */2 * *", null, null)]
    [TestCase("0-10 6 * * *", null, null)]
    [TestCase("0 0-23/2 * * *", null, null)]
    [TestCase("0,10,20 1,2,3 * * *", null, null)]
    [TestCase("nonsense", null, null)]
    [TestCase("", null, null)]
    public void AnExpression_IsSaidInWords_OrSpeaksForItself(string cron, string? words, string? times)
    {
        Assert.That(CronWords.Describe(cron), Is.EqualTo(words));
        if (times is not null)
        {
            var expression = CronExpression.Parse(cron, cron.Split(' ').Length == 6 ? CronFormat.IncludeSeconds : CronFormat.Standard);
            var wanted = times.Split(", ");
            Assert.That(expression.GetOccurrences(NewYear, NewYear.AddYears(1), TimeZoneInfo.Utc, fromInclusive: false).Take(wanted.Length).Select(time => time.ToString("MM-dd HH:mm:ss", CultureInfo.InvariantCulture)), Is.EqualTo(wanted));
        }
    }
}
