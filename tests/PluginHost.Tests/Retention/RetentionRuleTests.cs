using PluginHost.Retention;

namespace PluginHost.Tests.Retention;

public sealed class RetentionRuleTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    // Named by their age in days; each takes 10 bytes. Not in order, as folders are listed.
    private static readonly Kept<int>[] Kept = [.. new[] { 3, 1, 5, 2, 4 }.Select(days => new Kept<int>(days, Now.AddDays(-days), 10))];

    [Test]
    public void WithoutALimit_NothingGoes() =>
        Assert.That(RetentionRule.Excess(Kept, new RetentionLimit(), Now), Is.Empty);

    [Test]
    public void BeyondTheCount_TheOldestGo() =>
        Assert.That(RetentionRule.Excess(Kept, new RetentionLimit { Count = 2 }, Now), Is.EqualTo(new[] { 3, 4, 5 }));

    [Test]
    public void BeyondTheAge_TheOldestGo() =>
        Assert.That(RetentionRule.Excess(Kept, new RetentionLimit { Age = TimeSpan.FromDays(4) }, Now), Is.EqualTo(new[] { 5 }));

    [Test]
    public void BeyondTheSpace_TheOldestGo() =>
        Assert.That(RetentionRule.Excess(Kept, new RetentionLimit { Bytes = 35 }, Now), Is.EqualTo(new[] { 4, 5 }));

    [Test]
    public void OfSeveralLimits_TheStrictestCounts() =>
        Assert.That(RetentionRule.Excess(Kept, new RetentionLimit { Count = 4, Age = TimeSpan.FromDays(10), Bytes = 20 }, Now), Is.EqualTo(new[] { 3, 4, 5 }));

    [Test]
    public void ACountOfZero_LeavesNothing() =>
        Assert.That(RetentionRule.Excess(Kept, new RetentionLimit { Count = 0 }, Now), Has.Count.EqualTo(5));
}
