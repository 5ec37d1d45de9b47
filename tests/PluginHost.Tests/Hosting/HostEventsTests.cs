using PluginHost.Hosting;

namespace PluginHost.Tests.Hosting;

public sealed class HostEventsTests
{
    private readonly HostEvents _events = new();

    [Test]
    public async Task WhoIsTold_SeesARevisionBeyondTheOneBefore([Values] bool ofOtherNode)
    {
        await using var watcher = _events.WatchAsync(CancellationToken.None).GetAsyncEnumerator();
        var told = watcher.MoveNextAsync();
        var before = _events.Revision;

        if (ofOtherNode)
        {
            _events.PublishOfOther(new HostEvent(HostEventKind.Run, "r1"));
        }
        else
        {
            _events.Publish(HostEventKind.Run, "r1");
        }

        Assert.That(await told);
        Assert.That((_events.Revision, watcher.Current), Is.EqualTo((before + 1, new HostEvent(HostEventKind.Run, "r1"))));
    }
}
