using Microsoft.Extensions.Logging.Abstractions;
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
}
