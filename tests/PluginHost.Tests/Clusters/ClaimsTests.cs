using Microsoft.Extensions.Options;
using PluginHost.Cluster.Nodes;
using PluginHost.Cluster.Postgres;
using PluginHost.Cluster.Scheduling;
using PluginHost.Swapping;

namespace PluginHost.Tests.Clusters;

/// <summary>Which version's schedules count when nodes have different ones.</summary>
public sealed class ClaimsTests
{
    private PostgresDatabase _database = null!;
    private Claims _old = null!;
    private Claims _fresh = null!;

    [SetUp]
    public async Task Open()
    {
        _database = new PostgresDatabase(SharedPostgres.ConnectionString, $"test_{Guid.NewGuid():n}");
        (_old, _fresh) = (ClaimsOf("old"), ClaimsOf("fresh"));
        await _old.TryAsync(Live("firstbuild", "same"), isNewHere: false, default);
        await RegisterAsync("old", Live("firstbuild", "same"));
    }

    [TearDown]
    public void Close() => _database.Dispose();

    /// <summary>A commit that changes no byte of what is built is not swapped where an older one is live, and a fresh node has nothing but it.</summary>
    [Test]
    public async Task AFreshNodeWhoseBuildGaveTheSameBytes_CountsByTheKeyOfTheOthers() =>
        Assert.That(await _fresh.TryAsync(Live("secondbuild", "same"), isNewHere: false, default), Is.EqualTo("firstbuild"));

    [Test]
    public async Task AFreshNodeWithOtherBytes_DoesNotCount_UntilItIsNewThere()
    {
        Assert.That(await _fresh.TryAsync(Live("secondbuild", "other"), isNewHere: false, default), Is.Null);
        Assert.That(await _fresh.TryAsync(Live("secondbuild", "other"), isNewHere: true, default), Is.EqualTo("secondbuild"));
        Assert.That(await _old.TryAsync(Live("firstbuild", "same"), isNewHere: false, default), Is.EqualTo("firstbuild"), "no node that is up has the other one");
    }

    /// <summary>As in an upgrade: a version of the host makes another build of the same commit.</summary>
    [Test]
    public async Task WhatOnlyADrainedNodeHas_CountsNoMore_OnceAnotherAsks([Values] bool isLeaving)
    {
        await RegisterAsync("old", Live("firstbuild", "same"), takesTurns: !isLeaving);
        if (!isLeaving)
        {
            await DrainAsync("old");
        }

        Assert.That(await _fresh.TryAsync(Live("secondbuild", "other"), isNewHere: false, default), Is.EqualTo("secondbuild"));
    }

    [Test]
    public async Task ADrainedNode_DoesNotMakeItsVersionTheOneThatCounts_WhileAnotherNodeHasThePlugin()
    {
        await RegisterAsync("fresh", Live("firstbuild", "same"));
        await DrainAsync("fresh");

        Assert.That(await _fresh.TryAsync(Live("secondbuild", "other"), isNewHere: true, default), Is.Null);

        await DrainAsync("old");
        Assert.That(await _fresh.TryAsync(Live("secondbuild", "other"), isNewHere: true, default), Is.EqualTo("secondbuild"), "nobody is left who could have turns");
    }

    private async Task DrainAsync(string node) => Assert.That(await new NodeStore(_database).SetDrainingAsync(node, true, default), Is.True);

    private Task<bool> RegisterAsync(string node, LivePlugin plugin, bool takesTurns = true) => _database.WriteAsync(
        connection =>
        {
            NodeStore.Register(connection, node, "1", new NodeReport("0.1.0", 0, 0, 0, [LiveOnNode.Of(plugin)]) { TakesTurns = takesTurns });
            return true;
        },
        default);

    private Claims ClaimsOf(string node) => new(_database, new Node(Options.Create(new PluginHostOptions { NodeName = node })));

    private static LivePlugin Live(string contentKey, string outputHash) =>
        new("default", Make.DrainingVersions().Track(Make.Artifact(contentKey) with { OutputHash = outputHash }, [], () => throw new InvalidOperationException("It is not run.")), default);
}
