using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using PluginHost.Cluster.Nodes;
using PluginHost.Cluster.Scheduling;
using PluginHost.Scripts;

namespace PluginHost.Tests.Clusters;

/// <summary>What Quartz keeps of a schedule says the same times as the schedule.</summary>
public sealed class CronosTimesTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 28, 0, 0, 0, TimeSpan.Zero);

    // Over the change of clocks, too.
    [TestCase("*/15 * * * *", "Europe/Berlin", null)]
    [TestCase("H H * * *", "UTC", null)]
    [TestCase("30 2 * * *", "Europe/Berlin", "10m")]
    [TestCase("@daily", "America/New_York", "1h")]
    public void ItsTimes_AreThoseOfTheSchedule(string cron, string zone, string? jitter)
    {
        var schedule = ScheduleText.Read(
            "A.Work", new ScheduleRequest { Cron = cron, TimeZone = zone, Jitter = jitter, From = "2026-03-29", Until = "2026-04-01" }, null, key => key, (_, problem) => Assert.Fail(problem))!;
        var times = CronosTimes.Of("A.Work", schedule);

        var due = schedule.TimesFrom(schedule.NextAfter(Start)).ToList();
        Assert.That(due, Is.Not.Empty);
        Assert.That(Times(times), Is.EqualTo(due));
        Assert.That(times, Is.EqualTo(CronosTimes.Of("A.Work", schedule)).And.Not.EqualTo(times with { Cron = "0 0 * * *" }));
    }

    [Test]
    public void ATriggerThatIsLate_GoesOnWithTheTimesThatAreStillOnTime()
    {
        var time = new FakeTimeProvider(Start);
        var trigger = new CronosTrigger(new CronosTimes("A.Work", "* * * * * *", "UTC", TimeSpan.Zero, null), time) { StartTimeUtc = Start };
        Assert.That(trigger.ComputeFirstFireTimeUtc(null), Is.EqualTo(Start));

        time.Advance(TimeSpan.FromMinutes(1));
        trigger.Triggered(null);

        Assert.That((trigger.PreviousFireTimeUtc, trigger.NextFireTimeUtc), Is.EqualTo((Start, Start.AddSeconds(51))));
    }

    [TestCase(900, false)]
    [TestCase(1500, true)]
    [TestCase(-5000, true)]
    public void AClockThatIsTooFarOff_IsRefused_WithTheReason(int offsetMs, bool isRefused)
    {
        var reason = new ClockCheck(Options.Create(new ClusterOptions()), TimeProvider.System).Judge(TimeSpan.FromMilliseconds(offsetMs), TimeSpan.FromMilliseconds(5));

        Assert.That(reason, isRefused ? Does.Contain("clock of this machine").And.Contain("NTP") : Is.Null);
    }

    private static IEnumerable<DateTimeOffset> Times(CronosTimes times)
    {
        for (var next = times.NextAfter(Start); next is { } time; next = times.NextAfter(time))
        {
            yield return time;
        }
    }
}
