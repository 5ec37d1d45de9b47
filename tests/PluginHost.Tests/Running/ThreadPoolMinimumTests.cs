using PluginHost.Running;

namespace PluginHost.Tests.Running;

/// <summary>The pool is the test process's own.</summary>
[NonParallelizable]
public sealed class ThreadPoolMinimumTests
{
    private int _workers;
    private int _completions;

    [SetUp]
    public void Remember() => ThreadPool.GetMinThreads(out _workers, out _completions);

    [TearDown]
    public void PutBack()
    {
        ThreadPoolMinimum.Restore();
        ThreadPool.SetMinThreads(_workers, _completions);
    }

    [Test]
    public void Raised_ItIsWhatItWas_ToOthers_AndAfterwards()
    {
        ThreadPoolMinimum.RaiseTo(_workers + 50);
        ThreadPoolMinimum.RaiseTo(_workers + 70);
        Assert.That(Now, Is.EqualTo(_workers + 70));
        Assert.That(ThreadPoolMinimum.SetByOthers.Workers, Is.EqualTo(_workers));

        ThreadPoolMinimum.Restore();
        Assert.That(Now, Is.EqualTo(_workers));
    }

    [Test]
    public void ToLess_NothingChanges()
    {
        ThreadPoolMinimum.RaiseTo(_workers);
        ThreadPoolMinimum.RaiseTo(0);
        Assert.That(Now, Is.EqualTo(_workers));
    }

    [Test]
    public void SetByAnotherSince_ItStaysAsTheyWantIt()
    {
        ThreadPoolMinimum.RaiseTo(_workers + 50);
        ThreadPool.SetMinThreads(_workers + 9, _completions);
        Assert.That(ThreadPoolMinimum.SetByOthers.Workers, Is.EqualTo(_workers + 9));

        ThreadPoolMinimum.Restore();
        Assert.That(Now, Is.EqualTo(_workers + 9));
    }

    [Test]
    public void PutBackAfterAScript_ItIsNoLongerRaised()
    {
        ThreadPoolMinimum.RaiseTo(_workers + 50);
        ThreadPool.SetMinThreads(_workers + 9, _completions);
        ThreadPoolMinimum.Set((_workers, _completions));
        Assert.That(Now, Is.EqualTo(_workers));
    }

    private static int Now
    {
        get
        {
            ThreadPool.GetMinThreads(out var workers, out _);
            return workers;
        }
    }
}
