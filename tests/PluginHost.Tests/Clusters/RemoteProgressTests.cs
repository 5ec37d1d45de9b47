using PluginHost.Cluster.Runs;

namespace PluginHost.Tests.Clusters;

/// <summary>How far a run is, as one node tells the others.</summary>
public sealed class RemoteProgressTests
{
    [TestCase(0.1, "three of four, 75 %\nünd ✓")]
    [TestCase(1, null)]
    public void WhatIsTold_IsWhatTheOthersShow_UntilTheRunHasEnded(double fraction, string? message)
    {
        var shown = new RemoteProgress();
        var words = string.Join(' ', RemoteProgress.Write(new RunProgress(fraction, message))).Split(' ');

        shown.Read("run1", words);

        Assert.That(shown.Find("run1"), Is.EqualTo(new RunProgress(fraction, message)));
        shown.Forget("run1");
        Assert.That(shown.Find("run1"), Is.Null);
    }

    [Test]
    public void ALongMessage_FitsIntoASignal() =>
        Assert.That(string.Join(' ', RemoteProgress.Write(new RunProgress(0.5, new string('✓', 100_000)))), Has.Length.LessThan(7_000));

    [Test]
    public void WhatCannotBeRead_IsPassedOver()
    {
        var shown = new RemoteProgress();
        shown.Read("run1", ["half"]);
        shown.Read("run2", []);

        Assert.That((shown.Find("run1"), shown.Find("run2")), Is.EqualTo(((RunProgress?)null, (RunProgress?)null)));
    }
}
