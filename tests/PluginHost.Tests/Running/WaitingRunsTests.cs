using PluginHost.Running;

namespace PluginHost.Tests.Running;

/// <summary>Runs that wait for a place that all nodes share, on a node that has one place of its own.</summary>
public sealed class WaitingRunsTests
{
    private SharedByTheTest _shared = null!;
    private readonly List<string> _begun = [];
    private WaitingRuns _waiting = null!;

    [SetUp]
    public void SetUp()
    {
        _shared = new SharedByTheTest();
        _begun.Clear();
        _waiting = new WaitingRuns(_ => [new RunLimitRule("script", int.MaxValue), new RunLimitRule("host", 1)], _shared, TimeProvider.System);
        _waiting.Turn += run => _begun.Add(run.Id);
    }

    [TearDown]
    public void TearDown() => _waiting.Dispose();

    [Test]
    public void OneThatWaitsForIt_TakesNoPlaceHere_AndHasItsTurnOnceItHasIt()
    {
        var other = Run("other");
        _waiting.Add(Run("shared"));
        Assert.That(_waiting.Counts, Is.EqualTo((0, 1)));
        _waiting.Add(other);
        Assert.That(_begun, Is.EqualTo(new[] { "other" }));

        _shared.Given.SetResult();
        Assert.That((_waiting.Counts, _begun.Count), Is.EqualTo(((1, 1), 1)), "it waits for the place of this node now");
        _waiting.Release(other);
        Assert.That(_begun, Is.EqualTo(new[] { "other", "shared" }));
    }

    [Test]
    public void OneThatIsTakenOut_AsksNoMore_AndHasNoTurn()
    {
        var run = Run("shared");
        _waiting.Add(run);

        Assert.That(_waiting.TryTake(run), Is.True);
        Assert.That(_shared.Given.Task.IsCanceled, Is.True);
        Assert.That((_waiting.Counts, _begun.Count), Is.EqualTo(((0, 0), 0)));
    }

    private static ActiveRun Run(string id) => new(new RunInfo
    {
        Id = id, Script = $"A.{id}", Plugin = "A", Trigger = RunTrigger.Schedule, QueuedAt = DateTimeOffset.UnixEpoch, State = RunState.Queued, Attempt = 1, Node = "node",
    });

    private sealed class SharedByTheTest : ISharedPlaces
    {
        // Whoever gives it goes on in the run's stead, so that what follows has happened by then.
        public TaskCompletionSource Given { get; } = new();

        public int? Most(string group) => null;

        public bool Needs(RunInfo run) => run.Id == "shared";

        public Task TakeAsync(RunInfo run, CancellationToken cancellationToken)
        {
            cancellationToken.Register(() => Given.TrySetCanceled(cancellationToken));
            return Given.Task;
        }

        public void Forget(string runId)
        {
        }
    }
}
