using Microsoft.Extensions.Logging.Abstractions;
using PluginHost.Hosting;
using PluginHost.Pipeline;
using PluginHost.Tests.Sources.Drops;

namespace PluginHost.Tests.Pipeline;

public sealed class FolderWatcherTests
{
    [Test]
    public async Task ADrop_IsSeenWhenItIsMade_LongBeforeThePoll()
    {
        using var drops = new DropFixture();
        drops.Drop("A", "1", 1, "one");
        var queue = new DeploymentQueue();
        var source = new SourceWatcher(drops.Source, TimeSpan.FromDays(1), queue, new HostEvents(), TimeProvider.System, NullLogger<SourceWatcher>.Instance);
        var folder = new FolderWatcher(drops.Source, "/nowhere", source, TimeProvider.System, NullLogger<FolderWatcher>.Instance);
        using var stop = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await source.CheckAsync(DeploymentTrigger.Startup, stop.Token);
        await queue.DequeueAsync(stop.Token);
        var watching = folder.RunAsync(stop.Token);

        drops.Drop("A", "2", 2, "two");

        Assert.That((await queue.DequeueAsync(stop.Token)).Request.Snapshot.Drops!.Single().Current!.Version, Is.EqualTo("2"));
        await stop.CancelAsync();
        await Assert.ThatAsync(() => watching, Throws.InstanceOf<OperationCanceledException>());
    }
}
