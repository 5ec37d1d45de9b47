using PluginHost.Crashes;
using PluginHost.History;

namespace PluginHost.Tests.Crashes;

/// <summary>When a script is suspected of ending the host.</summary>
public sealed class QuarantineRuleTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly QuarantineOptions _options = new();

    [TestCase(2, false, ExpectedResult = false)]
    [TestCase(3, false, ExpectedResult = true)]
    [TestCase(1, true, ExpectedResult = false)]
    [TestCase(2, true, ExpectedResult = true)]
    public bool CrashesCloseTogether_AreEnough_SoonerWhenItWasAlone(int count, bool alone) =>
        Suspect(null, [.. Enumerable.Range(0, count).Select(i => Crash(i, TimeSpan.FromMinutes(i), alone))]) is not null;

    [Test]
    public void CrashesFarApart_ThatNobodyHasSeen_AreTheMachinesOwn() =>
        Assert.That(Suspect(null, [.. Enumerable.Range(0, 9).Select(i => Crash(i, TimeSpan.FromHours(i), alone: true))]), Is.Null);

    [Test]
    public void CrashesFarApart_ThatWereSeen_AreEnough() =>
        Assert.That(Suspect(null, Crash(1, TimeSpan.Zero, true, "Stack overflow."), Crash(0, TimeSpan.FromDays(1), true, "Stack overflow.")), Does.Contain("died 2 times").And.Contain("Stack overflow"));

    [Test]
    public void CrashesFarApart_WithARunThatEndedInBetween_AreNotInARow() =>
        Assert.That(Suspect("run 1", Crash(2, TimeSpan.Zero, true, "Stack overflow."), Crash(0, TimeSpan.FromDays(1), true, "Stack overflow.")), Is.Null);

    [Test]
    public void Nothing_IsSuspected_WhenThatIsTurnedOff()
    {
        _options.Crashes = 0;

        Assert.That(Suspect(null, [.. Enumerable.Range(0, 9).Select(i => Crash(i, TimeSpan.FromSeconds(i), alone: true, "Stack overflow."))]), Is.Null);
    }

    [TestCase("Process terminated.\nThe disk is on fire.\n   at A.B()\n", "Process terminated. The disk is on fire")]
    [TestCase("Stack overflow.\nRepeat 5 times:\n   at A.B()\n", "Stack overflow")]
    [TestCase("Process terminated.\n   at A.B()\n", "Process terminated")]
    public void ACause_HasAHeadline(string cause, string headline) => Assert.That(PreviousDeath.Headline(cause), Is.EqualTo(headline));

    private string? Suspect(string? lastRunThatEnded, params Crash[] crashes) => QuarantineRule.Suspect(crashes, lastRunThatEnded, _options, Now);

    private static Crash Crash(int number, TimeSpan ago, bool alone, string? cause = null) => new($"run {number}", "A.Work", "1", Now - ago, alone, cause);
}
