using PluginHost.Testing;

namespace Greetings.Tests;

public sealed class GreetTests
{
    private sealed record Result(string Greeted, int Times);

    [Test]
    public async Task Run_GreetsByName_AndCounts()
    {
        await using var harness = new ScriptHarness<Greet>();

        await harness.RunAsync(new { Name = "Ada" });
        var second = (await harness.RunAsync(new { Name = "Ada" })).EnsureSucceeded();

        Assert.That(second.GetResult<Result>(), Is.EqualTo(new Result("Ada", 2)));
        Assert.That(second.Log.Single().Message, Is.EqualTo("Hello, Ada, for the 2. time."));
    }

    [Test]
    public void Schedule_IsAtNineOnWorkdays()
    {
        var monday = new DateTimeOffset(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);

        var times = ScriptSchedule.Of<Greet>().Between(monday, monday.AddDays(7));

        Assert.That(times.Select(time => time.DayOfWeek), Is.EqualTo(new[] { DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday }));
        Assert.That(times.Select(time => time.Hour), Is.All.EqualTo(9), "by the clocks of Berlin");
    }
}
