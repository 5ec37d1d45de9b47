using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using PluginHost.Hosting;
using PluginHost.Pipeline;
using PluginHost.Sources;
using PluginHost.TestInfra;

namespace PluginHost.Tests.Pipeline;

public sealed class SourceWatcherTests
{
    private readonly DeploymentQueue _queue = new();
    private TestDirectory _directory = null!;
    private TestRepository _repository = null!;
    private Source _source = null!;
    private SourceWatcher _watcher = null!;
    private SourceWatcher _hinted = null!;

    [SetUp]
    public void SetUp()
    {
        _directory = new TestDirectory();
        _repository = TestRepository.Create(_directory.Combine("remote"));
        _repository.Write("a.txt", "a").Commit("First");
        _source = Make.Source(_repository.Path, _directory.Combine("clone"));
        _watcher = new SourceWatcher(_source, TimeSpan.FromSeconds(2), _queue, new HostEvents(), TimeProvider.System, NullLogger<SourceWatcher>.Instance);
    }

    [TearDown]
    public void TearDown()
    {
        _source.Dispose();
        _directory.Dispose();
    }

    [Test]
    public async Task Check_WhenNothingMoved_AnswersTheDeploymentThatThereWas()
    {
        var first = await _watcher.CheckAsync(DeploymentTrigger.Startup, default);
        await _queue.DequeueAsync(default);

        Assert.That(await _watcher.CheckAsync(DeploymentTrigger.Poll, default), Is.SameAs(first));
    }

    [Test]
    public async Task Check_AfterAFileOfTheCloneCouldNotBeRead_DeploysTheTipAgain()
    {
        var first = await _watcher.CheckAsync(DeploymentTrigger.Startup, default);
        var snapshot = (await _queue.DequeueAsync(default)).Request.Snapshot;
        Assert.Throws<SourceException>(() => snapshot.OpenContent(new string('1', 40)));

        var second = await _watcher.CheckAsync(DeploymentTrigger.Poll, default);

        Assert.That(second, Is.Not.SameAs(first));
        Assert.That((await _queue.DequeueAsync(default)).Request.Snapshot.Commit, Is.EqualTo(snapshot.Commit));
        Assert.That(await _watcher.CheckAsync(DeploymentTrigger.Poll, default), Is.SameAs(second), "Once is enough.");
    }

    [Test]
    public async Task Check_WhenTheWatchedFolderIsNotInTheCommit_SaysSo()
    {
        await _watcher.CheckAsync(DeploymentTrigger.Startup, default);
        Assert.That(_watcher.Info.Error, Does.Contain("There is no folder 'plugins' in commit"));

        _repository.Write("plugins/a.txt", "a").Commit("Now there is");
        await _watcher.CheckAsync(DeploymentTrigger.Poll, default);
        Assert.That(_watcher.Info.Error, Is.Null);
    }

    [Test]
    public async Task AHint_EndsThePause_AndTheDeploymentSaysSo()
    {
        using var stop = new CancellationTokenSource();
        var (_, running) = Run(stop.Token);
        await _queue.DequeueAsync(default);
        var commit = _repository.Write("a.txt", "b").Commit("Second");

        _hinted.Hint();

        var request = (await _queue.DequeueAsync(default)).Request;
        Assert.That((request.Snapshot.Commit, request.Trigger), Is.EqualTo((commit, DeploymentTrigger.Webhook)));
        await StopAsync(stop, running);
    }

    [Test]
    public async Task ManyHints_BecomeOneLook_AndOneMoreForThoseThatCameMeanwhile()
    {
        using var stop = new CancellationTokenSource();
        var (time, running) = Run(stop.Token);
        await _queue.DequeueAsync(default);

        for (var i = 0; i < 100; i++)
        {
            _hinted.Hint();
        }

        // What comes last is never lost.
        var commit = _repository.Write("a.txt", "b").Commit("Second");
        _hinted.Hint();
        Assert.That((await _queue.DequeueAsync(default)).Request.Snapshot.Commit, Is.EqualTo(commit));
        await StopAsync(stop, running);
        Assert.That(time.Pauses, Is.LessThanOrEqualTo(5));
    }

    [Test]
    public async Task Run_AfterAFailureThatNobodyForesaw_ShowsIt_AndGoesOn()
    {
        using var stop = new CancellationTokenSource();
        var disposed = Make.Source(_repository.Path, _directory.Combine("other"));
        disposed.Dispose();
        var watcher = new SourceWatcher(disposed, TimeSpan.FromSeconds(2), _queue, new HostEvents(), TimeProvider.System, NullLogger<SourceWatcher>.Instance);

        var running = watcher.RunAsync(stop.Token);
        await watcher.FirstDeploymentEnded;

        Assert.That(watcher.Info.State, Is.EqualTo(SourceState.Unreachable));
        Assert.That(watcher.Info.Error, Does.StartWith("Looking at the source failed"));
        Assert.That(running.IsCompleted, Is.False);
        await stop.CancelAsync();
        await Assert.ThatAsync(() => running, Throws.InstanceOf<OperationCanceledException>());
    }

    /// <summary>Runs a watcher for which no time goes by.</summary>
    private (CountingTime Time, Task Running) Run(CancellationToken cancellationToken)
    {
        var time = new CountingTime();
        _hinted = new SourceWatcher(_source, TimeSpan.FromHours(1), _queue, new HostEvents(), time, NullLogger<SourceWatcher>.Instance);
        return (time, _hinted.RunAsync(cancellationToken));
    }

    private static async Task StopAsync(CancellationTokenSource stop, Task running)
    {
        await stop.CancelAsync();
        await Assert.ThatAsync(() => running, Throws.InstanceOf<OperationCanceledException>());
    }

    /// <summary>Counts the pauses between looks.</summary>
    private sealed class CountingTime : FakeTimeProvider
    {
        private int _pauses;

        public int Pauses => _pauses;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Interlocked.Increment(ref _pauses);
            return base.CreateTimer(callback, state, dueTime, period);
        }
    }
}
