using PluginHost.Pipeline;
using PluginHost.Tests.Planning;

namespace PluginHost.Tests.Pipeline;

public sealed class DeploymentQueueTests
{
    private readonly MemoryRepository _repository = new();
    private readonly DeploymentQueue _queue = new();

    [Test]
    public async Task ANewerTip_TakesThePlaceOfOneThatStillWaits_AndAnswersBoth()
    {
        var first = _queue.Enqueue(Request("1"));
        var second = _queue.Enqueue(Request("2"));

        var pending = await _queue.DequeueAsync(default);

        Assert.That(pending.Request.Snapshot.ReadText(pending.Request.Snapshot.Tree.FindFile("a.txt")!), Is.EqualTo("2"));
        Assert.That(second, Is.SameAs(first));
    }

    [Test]
    public async Task ATipThatComesDuringADeployment_IsDeployedAfterIt()
    {
        var first = _queue.Enqueue(Request("1"));
        await _queue.DequeueAsync(default);

        var second = _queue.Enqueue(Request("2"));

        Assert.That(second, Is.Not.SameAs(first));
        Assert.That((await _queue.DequeueAsync(default)).Done.Task, Is.SameAs(second));
    }

    private DeploymentRequest Request(string content) =>
        new(_repository.Write("a.txt", content).Snapshot(), "plugins", DeploymentTrigger.Poll, default, default);
}
