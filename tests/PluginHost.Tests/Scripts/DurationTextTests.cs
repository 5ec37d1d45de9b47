using PluginHost.Scripts;

namespace PluginHost.Tests.Scripts;

public sealed class DurationTextTests
{
    [TestCase("500ms", "00:00:00.500")]
    [TestCase("30s", "00:00:30")]
    [TestCase("5m", "00:05:00")]
    [TestCase("2h", "02:00:00")]
    [TestCase("1d", "1.00:00:00")]
    [TestCase("0s", "00:00:00")]
    [TestCase("1.5h", "01:30:00")]
    [TestCase(" 5 m ", "00:05:00")]
    [TestCase("00:05:00", "00:05:00")]
    [TestCase("0:00:01.5", "00:00:01.500")]
    [TestCase("36:00:00", "1.12:00:00")]
    [TestCase("1.02:03:04", "1.02:03:04")]
    public void TryParse_OfADuration_ReadsIt(string text, string expected)
    {
        Assert.That(DurationText.TryParse(text, out var value), Is.True);
        Assert.That(value, Is.EqualTo(TimeSpan.Parse(expected, null)));
    }

    [TestCase(null)]
    [TestCase("")]
    [TestCase("5", TestName = "a number alone has no one meaning")]
    [TestCase("5 minutes")]
    [TestCase("5M")]
    [TestCase("-5s")]
    [TestCase("1e5s")]
    [TestCase("1,5h")]
    [TestCase("01:00", TestName = "two numbers may be hours and minutes or minutes and seconds")]
    [TestCase("12:60:00")]
    [TestCase("٣s", TestName = "digits of other scripts are not numbers here")]
    [TestCase("99999999999d", TestName = "more than a TimeSpan holds")]
    [TestCase("99999999.99999999:00:00")]
    [TestCase("\n")]
    public void TryParse_OfAnythingElse_RefusesIt(string? text) =>
        Assert.That(DurationText.TryParse(text, out _), Is.False);

    [TestCase("00:00:00", "0s")]
    [TestCase("00:00:00.250", "250ms")]
    [TestCase("00:01:30", "90s")]
    [TestCase("02:00:00", "2h")]
    [TestCase("3.00:00:00", "3d")]
    [TestCase("00:00:00.0000001", "00:00:00.0000001")]
    public void Format_TakesTheLargestUnitWithoutAFraction(string value, string expected) =>
        Assert.That(DurationText.Format(TimeSpan.Parse(value, null)), Is.EqualTo(expected));
}
