using PluginHost.Cluster.Postgres;
using PluginHost.History;
using PluginHost.Running;
using PluginHost.TestInfra;

namespace PluginHost.Tests.History;

/// <summary>Nodes that write the same at the same time into one PostgreSQL database.</summary>
public sealed class SeveralNodesTests
{
    private const int Nodes = 4;
    private const int Rounds = 50;

    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly string _schema = $"test_{Guid.NewGuid():n}";
    private PostgresDatabase[] _nodes = [];

    [SetUp]
    public async Task Start()
    {
        // All at once, on a database that none has used yet.
        var connectionString = SharedPostgres.ConnectionString;
        _nodes = await Task.WhenAll(Enumerable.Range(0, Nodes).Select(_ => Task.Run(() => new PostgresDatabase(connectionString, _schema))));
    }

    [TearDown]
    public void Stop()
    {
        foreach (var node in _nodes)
        {
            node.Dispose();
        }
    }

    [Test]
    public async Task ATimeThatAllFindDue_HasOneRun()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var due = Noon.AddSeconds(round);
            var runs = await OnEachAsync((node, i) =>
            {
                var run = Run($"{due:HHmmss}-{i}") with { ScheduledFor = due };
                var occurrence = new OccurrenceInfo
                {
                    Script = "A.Work", Schedule = "key", Due = due, Until = due, Count = 1, Outcome = OccurrenceOutcome.Pending, RunId = run.Id,
                };
                return new RunStore(node, SingleNode.Instance, TimeProvider.System).AddScheduledAsync(run, occurrence, new ScheduleMark("A.Work", "key", due), false, default);
            });

            Assert.That(runs.OfType<RunInfo>().ToList(), Has.Count.EqualTo(1));
        }

        Assert.That(new RunStore(_nodes[0], SingleNode.Instance, TimeProvider.System).List(new RunQuery { Limit = 500 }).Items, Has.Count.EqualTo(Rounds));
    }

    [Test]
    public async Task OneRequestThatComesToAll_HasOneRun()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var runs = await OnEachAsync((node, i) => new RunStore(node, SingleNode.Instance, TimeProvider.System).AddAsync(Run($"{round}-{i}"), new RequestKey($"{round}", ""), default));

            Assert.That(runs.Select(run => run.Id).Distinct().ToList(), Has.Count.EqualTo(1));
        }
    }

    [Test]
    public async Task AValueThatAllCountUp_LosesNone()
    {
        await OnEachAsync(async (node, _) =>
        {
            var values = new ScriptValueStore(node, TimeProvider.System);
            for (var added = 0; added < Rounds;)
            {
                var found = values.Find("A.Work", "count");
                var next = int.Parse(found?.Json ?? "0", System.Globalization.CultureInfo.InvariantCulture) + 1;
                if (await values.SetAsync("A.Work", "count", $"{next}", found?.Version ?? 0, 10, default) is not null)
                {
                    added++;
                }
            }

            return true;
        });

        Assert.That(new ScriptValueStore(_nodes[0], TimeProvider.System).Find("A.Work", "count")!.Json, Is.EqualTo($"{Nodes * Rounds}"));
    }

    private Task<T[]> OnEachAsync<T>(Func<PostgresDatabase, int, Task<T>> act) => Task.WhenAll(_nodes.Select((node, i) => Task.Run(() => act(node, i))));

    private static RunInfo Run(string id) => new()
    {
        Id = id, Script = "A.Work", Plugin = "A", Trigger = RunTrigger.Manual, QueuedAt = Noon, State = RunState.Queued, Attempt = 1, Node = "node",
    };
}

/// <summary>The database goes away and comes back.</summary>
public sealed class PostgresOutageTests
{
    [Test]
    public async Task WhatIsWrittenMeanwhile_Fails_AndWhatIsWrittenAfterwards_IsStored()
    {
        using var server = PostgresServer.StartRequired();
        using var database = new PostgresDatabase(server.ConnectionString, "pluginhost");
        var scripts = new ScriptStateStore(database);
        await scripts.SetPausedAsync("A.Work", true, default);

        server.Stop();
        await Assert.ThrowsAsync<Npgsql.NpgsqlException>(() => scripts.SetPausedAsync("B.Work", true, default));
        Assert.That(() => new ScriptStateStore(database), Throws.InstanceOf<Npgsql.NpgsqlException>());
        server.StartAgain();

        await scripts.SetPausedAsync("C.Work", true, default);
        var stored = new ScriptStateStore(database);
        Assert.That((stored.IsPaused("A.Work"), stored.IsPaused("B.Work"), stored.IsPaused("C.Work")), Is.EqualTo((true, false, true)));
    }

    [Test]
    public void AServerThatIsNotThere_IsAClearError()
    {
        using var folder = new TestDirectory();

        Assert.That(
            () => new PostgresDatabase($"Host={folder.Path};Username=pluginhost;Database=shop", "pluginhost"),
            Throws.TypeOf<ClusterException>().With.Message.StartsWith($"The database 'shop' on {folder.Path} cannot be used: "));
    }
}
