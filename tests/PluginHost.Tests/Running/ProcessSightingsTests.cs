using PluginHost.Running;

namespace PluginHost.Tests.Running;

public sealed class ProcessSightingsTests
{
    private const int Process = 4711;

    private readonly TaskCompletionSource _run = new();
    private readonly TaskCompletionSource _later = new();
    private readonly ProcessSightings _sightings = new();

    [Test]
    public void OfARunThatHasEnded_IsLeftAtTheSecondLook()
    {
        Assert.That(_sightings.Left([Process], []), Is.Empty);
        Assert.That(_sightings.Left([Process], []), Is.EqualTo(new[] { Process }));
    }

    [Test]
    public void WhileARunIsUnderWay_ThatMayHaveStartedIt_IsNotLeft()
    {
        _sightings.Left([Process], [_run.Task]);
        Assert.That(_sightings.Left([Process], [_run.Task]), Is.Empty);

        _run.SetResult();
        Assert.That(_sightings.Left([Process], []), Is.EqualTo(new[] { Process }));
    }

    [Test]
    public void ARunThatBeganAfterIt_DoesNotKeepIt()
    {
        _sightings.Left([Process], []);
        Assert.That(_sightings.Left([Process], [_later.Task]), Is.EqualTo(new[] { Process }));
    }

    [Test]
    public void AnotherProcessWithItsId_IsNewAgain()
    {
        _sightings.Left([Process], []);
        _sightings.Left([], []);
        Assert.That(_sightings.Left([Process], []), Is.Empty);
    }
}
