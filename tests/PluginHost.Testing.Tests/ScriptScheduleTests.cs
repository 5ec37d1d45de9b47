using System.Globalization;

namespace PluginHost.Testing.Tests;

public sealed class ScriptScheduleTests
{
    private static readonly ScriptSchedule Berlin = ScriptSchedule.Of<DailyTotals>();

    [Test]
    public void Between_IsWhatTheHostWouldDo_OverBothChangesOfClocks()
    {
        Assert.That(Times(Berlin.Between(At("2026-03-28T00:00Z"), At("2026-03-31T00:00Z"))), Is.EqualTo(new[] { "2026-03-28 02:30 +01:00", "2026-03-29 03:00 +02:00", "2026-03-30 02:30 +02:00" }));
        Assert.That(Times(Berlin.Between(At("2026-10-24T12:00Z"), At("2026-10-26T12:00Z"))), Is.EqualTo(new[] { "2026-10-25 02:30 +02:00", "2026-10-26 02:30 +01:00" }));
        Assert.That(Berlin.GetWarnings(At("2026-03-01T00:00Z")).Single(), Does.Contain("2026-03-29"));
    }

    [Test]
    public void Between_HasItsBeginning_AndNotItsEnd()
    {
        var (first, second) = (At("2026-07-01T00:30Z"), At("2026-07-02T00:30Z"));

        Assert.That(Berlin.Between(first, second), Is.EqualTo(new[] { first }));
        Assert.That(Berlin.NextAfter(first), Is.EqualTo(second));
        Assert.That(ScriptSchedule.Of<Waiting>().NextAfter(first), Is.Null);
    }

    [Test]
    public void Between_OfSeveralSchedules_IsInOrder_AndLimited()
    {
        var often = ScriptSchedule.Of<Often>("Reports");

        Assert.That(Times(often.Between(At("2026-07-01T11:59:58Z"), At("2026-07-01T12:00:01Z"))), Is.EqualTo(new[] { "2026-07-01 11:59 +00:00", "2026-07-01 11:59 +00:00", "2026-07-01 12:00 +00:00", "2026-07-01 12:00 +00:00" }));
        Assert.Throws<ArgumentException>(() => often.Between(At("2026-07-01T00:00Z"), At("2026-07-03T12:00Z")));
    }

    private static DateTimeOffset At(string time) => DateTimeOffset.Parse(time, CultureInfo.InvariantCulture);

    private static IEnumerable<string> Times(IEnumerable<DateTimeOffset> times) => times.Select(time => time.ToString("yyyy-MM-dd HH:mm zzz", CultureInfo.InvariantCulture));

    [Schedule("* * * * * *")]
    [Schedule("0 12 * * *")]
    internal sealed class Often : IScript
    {
        public Task RunAsync(ScriptContext context, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
