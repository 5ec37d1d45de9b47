using PluginHost.Swapping;

namespace PluginHost.Tests.Swapping;

public sealed class DrainingVersionsTests
{
    private static readonly TimeSpan HangLimit = TimeSpan.FromSeconds(30);

    private readonly DrainingVersions _draining = Make.DrainingVersions();

    private int _versions;

    [Test]
    public void AThirdVersion_GoesLive_WhenTheLiveOneHoldsNoRun()
    {
        using var run = Retired(out _);

        Assert.That(_draining.FindInTheWay(New()), Is.Null);
    }

    [Test]
    public async Task AThirdVersion_Waits_WhileTwoHoldRuns_AndIsToldWhenEitherHoldsNoneAnyMore([Values] bool theLiveOneFirst)
    {
        var oldRun = Retired(out var old);
        var live = New();
        var liveRun = live.TryLease()!;
        var told = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        _draining.MadeWay += plugin => told.TrySetResult(plugin);

        Assert.That(_draining.FindInTheWay(live), Is.SameAs(old), "the oldest is what a drain timeout cancels");
        Assert.That(told.Task.IsCompleted, Is.False);
        (theLiveOneFirst ? liveRun : oldRun).Dispose();

        Assert.That(await told.Task.WaitAsync(HangLimit), Is.EqualTo("A"));
        Assert.That(_draining.FindInTheWay(live), Is.Null);
    }

    [Test]
    public void ARunThatWasGivenUpOn_KeepsItsVersionInMemory_AndNoVersionFromItsPlace()
    {
        var run = Retired(out var old);
        var live = New();
        using var liveRun = live.TryLease();

        run.GiveUp();

        Assert.That(_draining.FindInTheWay(live), Is.Null);
        Assert.That(_draining.Of("A"), Is.Empty);
        Assert.That(_draining.GivenUpOn("A").Single().Version, Is.EqualTo(old.Id));
        run.Dispose();
        Assert.That(_draining.GivenUpOn("A"), Is.Empty);
        Assert.That(old.TryLease(), Is.Null, "it is unloaded");
    }

    private VersionLease Retired(out PluginVersion version)
    {
        version = New();
        var lease = version.TryLease()!;
        _draining.Retire(version);
        return lease;
    }

    private PluginVersion New() => _draining.Track(
        Make.Artifact($"{++_versions:x8}"),
        [],
        () => throw new InvalidOperationException("Nothing is run here."));
}
