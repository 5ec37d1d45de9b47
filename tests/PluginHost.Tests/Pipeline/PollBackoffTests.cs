using PluginHost.Pipeline;
using PluginHost.Sources;

namespace PluginHost.Tests.Pipeline;

public sealed class PollBackoffTests
{
    private readonly PollBackoff _backoff = new(TimeSpan.FromSeconds(2));

    [Test]
    public void WhileAllIsWell_ThePollIntervalIsKept() => Assert.That(_backoff.Delay, Is.EqualTo(TimeSpan.FromSeconds(2)));

    [Test]
    public void AnUnreachableRemote_IsAskedLessAndLess_ButAtLeastEveryMinuteOrSo()
    {
        Assert.That(After(SourceFailure.Unreachable, 1), Is.InRange(1.6, 2.4));
        Assert.That(After(SourceFailure.Unreachable, 4), Is.InRange(12.8, 19.2));
        Assert.That(After(SourceFailure.Unreachable, 50), Is.InRange(48, 72));
    }

    [Test]
    public void RefusedCredentials_AreTriedAgainOnlyAfterALongPause()
    {
        Assert.That(After(SourceFailure.Unauthorized, 1), Is.InRange(24, 36));
        Assert.That(After(SourceFailure.Unauthorized, 50), Is.InRange(480, 720));
    }

    [Test]
    public void OnlyRefusedCredentials_AreWaitedOutWhateverIsHintedAt()
    {
        After(SourceFailure.Unreachable, 1);
        Assert.That(_backoff.IsRefused, Is.False);
        After(SourceFailure.Unauthorized, 1);
        Assert.That(_backoff.IsRefused, Is.True);
        _backoff.Succeeded();
        Assert.That(_backoff.IsRefused, Is.False);
    }

    [Test]
    public void AMissingBranch_IsLookedForAtThePollInterval() => Assert.That(After(SourceFailure.NothingToDeploy, 10), Is.EqualTo(2));

    [Test]
    public void OneSuccess_EndsThePause()
    {
        After(SourceFailure.Unreachable, 10);

        _backoff.Succeeded();

        Assert.That(_backoff.Delay, Is.EqualTo(TimeSpan.FromSeconds(2)));
    }

    private double After(SourceFailure failure, int times)
    {
        _backoff.Succeeded();
        for (var i = 0; i < times; i++)
        {
            _backoff.Failed(failure);
        }

        return _backoff.Delay.TotalSeconds;
    }
}
