using PluginHost.App.Supervision;

namespace PluginHost.App.Tests.Supervision;

/// <summary>What follows the end of the host's process.</summary>
public sealed class RestartPolicyTests
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(2);

    private readonly RestartPolicy _policy = new();

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(2)]
    public void WhatTheHostMeansToSay_IsPassedOn(int exitCode) =>
        Assert.That(_policy.After(ChildExitCode.Of(exitCode), Short, stopAsked: false).ExitCode, Is.EqualTo(exitCode));

    // What a script says with Environment.Exit, what a signal says, and a host that stopped unasked.
    [TestCase(0)]
    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    [TestCase(134)]
    [TestCase(137)]
    [TestCase(-1073741571)]
    public void AnyOtherEnd_IsADeath_AndTheHostIsStartedAgainAtOnce(int exitCode) =>
        Assert.That(_policy.After(exitCode, Short, stopAsked: false), Is.EqualTo(new NextStep(null)));

    [Test]
    public void ADeathWhileItIsAskedToStop_IsNotFollowedByAStart() =>
        Assert.That(_policy.After(137, Short, stopAsked: true).ExitCode, Is.EqualTo(1));

    [Test]
    public void DeathsInARow_WaitLongerAndLonger_AndEndInSafeMode()
    {
        var steps = Enumerable.Range(0, 12).Select(_ => _policy.After(134, TimeSpan.Zero, stopAsked: false)).ToList();

        Assert.That(steps.Select(step => step.Pause.TotalSeconds), Is.EqualTo(new[] { 0, 1, 2, 4, 8, 16, 30, 30, 30, 30, 30, 30 }));
        Assert.That(steps.TakeWhile(step => !step.SafeMode).Count(), Is.EqualTo(RestartPolicy.DeathsBeforeSafeMode - 1));
        Assert.That(steps.Skip(RestartPolicy.DeathsBeforeSafeMode).All(step => step.SafeMode));
    }

    // Users have no page meanwhile, and a loop that takes its time is slow by itself.
    [TestCase(0.2, 0.8)]
    [TestCase(2, 0)]
    public void TheTimeThatAHostLived_IsPartOfTheWait(double lived, double pause)
    {
        _policy.After(134, Short, stopAsked: false);

        Assert.That(_policy.After(134, TimeSpan.FromSeconds(lived), stopAsked: false).Pause.TotalSeconds, Is.EqualTo(pause).Within(1e-6));
    }

    [Test]
    public void AHostThatWasUpForAWhile_BeginsTheCountAnew()
    {
        for (var i = 0; i < RestartPolicy.DeathsBeforeSafeMode; i++)
        {
            _policy.After(134, Short, stopAsked: false);
        }

        Assert.That(_policy.After(134, RestartPolicy.Steady, stopAsked: false), Is.EqualTo(new NextStep(null)));
    }

    [Test]
    public void AStartThatFailsAfterADeath_IsTriedAgain_AndThenGivenUp()
    {
        _policy.After(134, RestartPolicy.Steady, stopAsked: false);

        var steps = Enumerable.Range(0, RestartPolicy.MostFailedStarts).Select(_ => _policy.After(ChildExitCode.Of(1), Short, stopAsked: false).ExitCode);

        Assert.That(steps, Is.EqualTo(new int?[] { null, null, null, null, 1 }));
    }

    [Test]
    public void AConfigurationThatIsWrongAfterADeath_IsNotTriedAgain()
    {
        _policy.After(134, Short, stopAsked: false);

        Assert.That(_policy.After(ChildExitCode.Of(2), Short, stopAsked: false).ExitCode, Is.EqualTo(2));
    }
}
