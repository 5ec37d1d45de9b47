using Cronos;
using PluginHost.Scheduling;
using PluginHost.Scripts;

namespace PluginHost.Tests.Scheduling;

public sealed class MissedOccurrencesTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 30, TimeSpan.Zero);

    [TestCase(CatchUpPolicy.None, 0)]
    [TestCase(CatchUpPolicy.Latest, 1)]
    [TestCase(CatchUpPolicy.All, 5)]
    public void FiveMissedMinutes_AreCaughtUpAsThePolicySays(CatchUpPolicy policy, int count)
    {
        var missed = ToCatchUp(EveryMinute(policy, TimeSpan.FromHours(1)), Now.AddMinutes(-5), Now);

        Assert.That(missed, Has.Count.EqualTo(count));
        Assert.That(missed, Is.Ordered.Ascending);
        Assert.That(missed.DefaultIfEmpty(Now.AddSeconds(-30)).Last(), Is.EqualTo(Now.AddSeconds(-30)));
    }

    [Test]
    public void WhatIsOlderThanTheWindow_IsLeftOut() =>
        Assert.That(ToCatchUp(EveryMinute(CatchUpPolicy.All, TimeSpan.FromMinutes(2)), Now.AddHours(-3), Now), Has.Count.EqualTo(2));

    [Test]
    public void AClockThatWasSetBack_MissesNothing() =>
        Assert.That(ToCatchUp(EveryMinute(CatchUpPolicy.All, TimeSpan.FromHours(1)), Now.AddHours(1), Now), Is.Empty);

    [Test]
    public void HoursOfAnEverySecondSchedule_AreBounded() =>
        Assert.That(
            ToCatchUp(Schedule("* * * * * *", CatchUpPolicy.All, TimeSpan.FromDays(1)), Now.AddHours(-6), Now),
            Has.Count.EqualTo(1000).And.Some.EqualTo(Now));

    private static IReadOnlyList<DateTimeOffset> ToCatchUp(ScheduleDescriptor schedule, DateTimeOffset after, DateTimeOffset upTo) =>
        MissedOccurrences.Decide(schedule, after, upTo).ToCatchUp;

    private static ScheduleDescriptor EveryMinute(CatchUpPolicy policy, TimeSpan window) => Schedule("0 * * * * *", policy, window);

    private static ScheduleDescriptor Schedule(string cron, CatchUpPolicy policy, TimeSpan window) => new(
        "key", cron, CronExpression.Parse(cron, CronFormat.IncludeSeconds), TimeZoneInfo.Utc, OverlapPolicy.Skip, policy, window, TimeSpan.Zero);
}
