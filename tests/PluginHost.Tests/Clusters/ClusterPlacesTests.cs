using Npgsql;
using PluginHost.Cluster.Signals;
using PluginHost.History;
using PluginHost.Scripts;
using PluginHost.Swapping;

namespace PluginHost.Tests.Clusters;

/// <summary>A bound of two runs that two nodes share, each with a database connection of its own.</summary>
public sealed class ClusterPlacesTests
{
    private static readonly TimeSpan HangLimit = TimeSpan.FromMinutes(1);

    private readonly LiveRegistry _live = new();
    private NodeUnderTest _one = null!;
    private NodeUnderTest _other = null!;

    [SetUp]
    public void Open()
    {
        var scripts = ScriptReader.Read("A", [typeof(Limited), typeof(Unlimited)]).Scripts;
        _live.Swap(new LiveSnapshot([new LivePlugin("default", Make.DrainingVersions().Track(Make.Artifact("0123456789"), [.. scripts.Select(script => script.Descriptor)], () => throw new InvalidOperationException("It is not run.")), default)]));
        var schema = $"test_{Guid.NewGuid():n}";
        (_one, _other) = (new NodeUnderTest("one", schema, _live), new NodeUnderTest("other", schema, _live));
    }

    [TearDown]
    public void Close()
    {
        _one.Dispose();
        _other.Dispose();
    }

    [Test]
    public async Task ARunBeyondTheBound_Waits_AndHasItsPlaceAsSoonAsOneEndsOnTheOtherNode()
    {
        await using var heard = await _other.ListenAsync();
        var first = await StartAsync(_one);
        await StartAsync(_other);
        var third = await _other.StoreAsync(_live, nameof(Limited), RunTrigger.Schedule);
        var byHand = await _other.StoreAsync(_live, nameof(Limited), RunTrigger.Manual);
        var thirdHasPlace = _other.Places.TakeAsync(third, default);
        var byHandHasPlace = _other.Places.TakeAsync(byHand, default);
        await _other.Database.WriteAsync(_ => true, default);
        Assert.That((thirdHasPlace.IsCompleted, byHandHasPlace.IsCompleted), Is.EqualTo((false, false)));

        await _one.EndAsync(first);
        Assert.That(await heard.NextAsync(Signal.Place), Is.EqualTo(byHand.Id), "by hand first");
        _other.Places.Given(byHand.Id);
        await byHandHasPlace.WaitAsync(HangLimit);
        Assert.That(thirdHasPlace.IsCompleted, Is.False);

        await _other.EndAsync(byHand);
        Assert.That(await heard.NextAsync(Signal.Place), Is.EqualTo(third.Id));
    }

    [Test]
    public async Task ManyThatAskAtOnce_HaveTwoPlaces()
    {
        var runs = new List<(NodeUnderTest Node, RunInfo Run)>();
        for (var i = 0; i < 20; i++)
        {
            var node = i % 2 == 0 ? _one : _other;
            runs.Add((node, await node.StoreAsync(_live, nameof(Limited), RunTrigger.Schedule)));
        }

        var waiting = runs.ConvertAll(each => (each.Node, each.Run, Place: Task.Run(() => each.Node.Places.TakeAsync(each.Run, default))));
        for (var left = runs.Count; left > 0; left--)
        {
            await Task.WhenAny(waiting.Select(each => each.Place)).WaitAsync(HangLimit);
            Assert.That(Taken(), Is.LessThanOrEqualTo(2));
            var one = waiting.First(each => each.Place.IsCompleted);
            waiting.Remove(one);
            await one.Node.EndAsync(one.Run);
            await Task.WhenAll(_one.Places.LookAsync(default), _other.Places.LookAsync(default));
        }

        Assert.That(Taken(), Is.Zero);
    }

    [Test]
    public async Task ANodeThatDies_GivesItsPlacesBack_WhenItIsBuried()
    {
        await StartAsync(_other);
        await StartAsync(_other);
        var run = await _one.StoreAsync(_live, nameof(Limited), RunTrigger.Schedule);
        var hasPlace = _one.Places.TakeAsync(run, default);

        // As its recovery does it: what was under way there is lost, and the places are given anew in the same transaction.
        await _one.Database.WriteAsync(
            connection =>
            {
                RunStore.Lose(connection, lost => lost.Node == "other", null, (_, _) => { }, _ => null, DateTimeOffset.UnixEpoch);
                _one.Places.GiveAll(connection);
                return true;
            },
            default);
        await _one.Places.LookAsync(default);

        await hasPlace.WaitAsync(HangLimit);
        Assert.That(Taken(), Is.EqualTo(1));
    }

    [Test]
    public async Task OneThatWaits_AndIsCancelled_HoldsNobodyUp()
    {
        var first = await StartAsync(_one);
        await StartAsync(_one);
        var cancelled = await _one.StoreAsync(_live, nameof(Limited), RunTrigger.Schedule);
        using var cancellation = new CancellationTokenSource();
        var waiting = _one.Places.TakeAsync(cancelled, cancellation.Token);
        await cancellation.CancelAsync();
        await _one.EndAsync(cancelled, RunState.Cancelled);
        Assert.That(() => waiting, Throws.InstanceOf<OperationCanceledException>());

        await _one.EndAsync(first);
        await StartAsync(_other);
        Assert.That(Taken(), Is.EqualTo(2));
    }

    [Test]
    public async Task ARunWithoutTheBound_CostsNoStatement()
    {
        // Whatever touches the tables of the bound now waits for this, until it fails.
        await using var connection = await _one.Source.OpenAsync(default);
        await using var locked = new NpgsqlCommand("BEGIN; LOCK TABLE run_places, script_turns IN ACCESS EXCLUSIVE MODE", connection);
        await locked.ExecuteNonQueryAsync();

        var run = await _one.StoreAsync(_live, nameof(Unlimited), RunTrigger.Manual);
        Assert.That(_one.Places.Needs(run), Is.False);
        await _one.EndAsync(run);
        await _one.Places.LookAsync(default);

        Assert.That(_one.Store.Find(run.Id)!.State, Is.EqualTo(RunState.Succeeded));
    }

    private async Task<RunInfo> StartAsync(NodeUnderTest node)
    {
        var run = await node.StoreAsync(_live, nameof(Limited), RunTrigger.Schedule);
        await node.Places.TakeAsync(run, default).WaitAsync(HangLimit);
        await node.Store.SaveAsync(run with { State = RunState.Running, StartedAt = DateTimeOffset.UnixEpoch }, default);
        return run;
    }

    private int Taken() => _one.Database.Read(connection => connection.Query(
        "SELECT 1 FROM run_places JOIN runs ON runs.id = run_places.run WHERE taken AND state IN ('Queued', 'Running')", reader => reader.GetInt32(0)).Count);

    [Script(Group = "Database")]
    public sealed class Limited : IScript
    {
        public Task RunAsync(ScriptContext context, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    public sealed class Unlimited : IScript
    {
        public Task RunAsync(ScriptContext context, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
