using PluginHost.Checking;
using PluginHost.Scripts;

namespace PluginHost.Tests.Checking;

public sealed class TimeComparisonTests
{
    private static readonly DateTimeOffset Monday = new(2026, 2, 2, 0, 0, 0, TimeSpan.Zero);

    [Test]
    public void TheSameTimes_AreNoChange_HoweverTheyAreWritten()
    {
        Assert.That(Compare(["0 6 * * *"], ["0 0 6 * * *"]), Is.Empty);
    }

    [Test]
    public void ALaterHour_MovesEachTime()
    {
        var change = Compare(["0 6 * * *"], ["30 7 * * *"]).Single();

        Assert.That(change.Moved, Has.Count.EqualTo(7));
        Assert.That(change.Moved[0], Is.EqualTo(new MovedTime(Monday.AddHours(6), Monday.AddHours(7.5))));
        Assert.That(change.Added.Count + change.Removed.Count, Is.Zero);
    }

    [Test]
    public void ASecondSchedule_AddsItsTimes_AndOneThatGoesRemovesThem()
    {
        Assert.That(Compare(["0 6 * * *"], ["0 6 * * *", "0 12 * * MON"]).Single().Added, Is.EqualTo(new[] { Monday.AddHours(12) }));
        Assert.That(Compare(["0 6 * * *", "0 12 * * MON"], ["0 6 * * *"]).Single().Removed, Is.EqualTo(new[] { Monday.AddHours(12) }));
    }

    [Test]
    public void ATimeDaysAway_IsNotAMove()
    {
        var change = Compare(["0 6 * * MON"], ["0 6 * * THU"]).Single();

        Assert.That(change.Removed, Is.EqualTo(new[] { Monday.AddHours(6) }));
        Assert.That(change.Added, Is.EqualTo(new[] { Monday.AddDays(3).AddHours(6) }));
    }

    [Test]
    public void AScriptThatIsGone_LosesItsTimes()
    {
        Assert.That(Compare(["0 6 * * MON"], []).Single().Removed, Has.Count.EqualTo(1));
    }

    private static IReadOnlyList<ScriptTimeChange> Compare(string[] before, string[] now) =>
        TimeComparison.Compare(Schedules(before), Schedules(now), Monday, Monday.AddDays(7));

    private static Dictionary<string, IReadOnlyList<ScheduleDescriptor>> Schedules(string[] crons) => new()
    {
        ["A.Work"] = [.. crons.Select(cron => ScheduleText.Read("A.Work", new ScheduleRequest { Cron = cron }, null, key => key, (_, problem) => Assert.Fail(problem))!)],
    };
}
