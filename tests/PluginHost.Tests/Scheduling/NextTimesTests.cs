using Cronos;
using PluginHost.Scheduling;
using PluginHost.Scripts;

namespace PluginHost.Tests.Scheduling;

public sealed class NextTimesTests
{
    private static readonly DateTimeOffset Six = new(2026, 5, 4, 6, 0, 0, TimeSpan.Zero);

    private readonly NextTimes _next = new();

    [Test]
    public void TheSameFirstTime_IsLookedUp_AndTheNextOneIsFoundAnew()
    {
        var schedule = Schedule("0 6 * * *");
        var times = _next.Of(schedule, Six);

        Assert.That(times, Is.EqualTo(Enumerable.Range(0, NextTimes.Shown).Select(day => Six.AddDays(day))));
        Assert.That(_next.Of(schedule, Six), Is.SameAs(times));
        Assert.That(_next.Of(schedule, times[1]), Is.EqualTo(Enumerable.Range(1, NextTimes.Shown).Select(day => Six.AddDays(day))));
    }

    [Test]
    public void AnotherSchedule_HasItsOwn_ThoughItBeginsAtTheSameTime()
    {
        _next.Of(Schedule("0 6 * * *"), Six);

        Assert.That(_next.Of(Schedule("0 6 * * MON"), Six)[1], Is.EqualTo(Six.AddDays(7)));
    }

    private static ScheduleDescriptor Schedule(string cron) =>
        new("key", cron, CronExpression.Parse(cron), TimeZoneInfo.Utc, OverlapPolicy.Skip, CatchUpPolicy.Latest, TimeSpan.FromHours(1), TimeSpan.Zero);
}
