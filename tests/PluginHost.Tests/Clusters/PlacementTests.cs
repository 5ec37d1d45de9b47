using Microsoft.Extensions.Options;
using PluginHost.Cluster.Nodes;
using PluginHost.Cluster.Postgres;
using PluginHost.Cluster.Runs;
using PluginHost.History;
using PluginHost.Scheduling;
using PluginHost.Swapping;
using PluginHost.Tests.History;

namespace PluginHost.Tests.Clusters;

/// <summary>Several nodes that store runs of one script at the same time.</summary>
public sealed class PlacementTests
{
    private const int Nodes = 3;
    private const int Rounds = 20;

    private readonly List<PostgresDatabase> _databases = [];
    private readonly List<RunStore> _stores = [];

    [SetUp]
    public void Open()
    {
        var schema = $"test_{Guid.NewGuid():n}";
        for (var i = 0; i < Nodes; i++)
        {
            var source = new PostgresSource(SharedPostgres.ConnectionString, schema);
            var database = new PostgresDatabase(source);
            var node = new Node(Options.Create(new PluginHostOptions { NodeName = $"node{i}" }));
            _databases.Add(database);
            _stores.Add(new RunStore(database, new ClusterPlacement(node, new LiveRegistry(), new EffectiveSchedules(new ScheduleOverrideStore(database)), Make.RunFactory(), Make.Places(node, database, source), source), TimeProvider.System));
        }
    }

    [TearDown]
    public void Close() => _databases.ForEach(database => database.Dispose());

    [Test]
    public async Task WhatMustNotOverlap_IsOnOneNode_WhoeverStoresIt()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var runs = await Task.WhenAll(_stores.Select((store, i) => Task.Run(() => store.AddAsync(Run($"{round:00}-{i}"), null, default))));
            Assert.That(runs.Select(run => run.Node).Distinct().ToList(), Has.Count.EqualTo(1));
            await Task.WhenAll(runs.Select(run => _stores[0].EndAsync(run with { State = RunState.Succeeded }, [], default)));
        }
    }

    private static RunInfo Run(string id) => new()
    {
        Id = id, Script = "A.Work", Plugin = "A", Trigger = RunTrigger.Chain, QueuedAt = DateTimeOffset.UnixEpoch, State = RunState.Queued, Attempt = 1, Exclusive = true, Node = "",
    };
}
