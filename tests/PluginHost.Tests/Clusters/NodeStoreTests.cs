using PluginHost.Cluster.Nodes;
using PluginHost.Cluster.Postgres;
using PluginHost.Tests.History;

namespace PluginHost.Tests.Clusters;

/// <summary>What the nodes know of each other.</summary>
public sealed class NodeStoreTests
{
    private static readonly NodeReport Report = new("0.1.0", 1, 2, 0.5, [new LiveOnNode("A", "0123456-89abcde", "89abcde")]);

    private PostgresDatabase _database = null!;

    [SetUp]
    public void Open() => _database = new PostgresDatabase(SharedPostgres.ConnectionString, $"test_{Guid.NewGuid():n}");

    [TearDown]
    public void Close() => _database.Dispose();

    [Test]
    public async Task WhoAsksTwiceInATransaction_FindsANodeAsSilentAsBefore_HoweverLongItTakes()
    {
        await RegisterAsync("first");
        var (before, after) = await _database.WriteAsync(
            connection =>
            {
                var silence = NodeStore.List(connection).Single().Silence;
                connection.Query("SELECT pg_sleep(0.05)", _ => true);
                return (silence, NodeStore.List(connection).Single().Silence);
            },
            default);

        Assert.That(after, Is.EqualTo(before));
    }

    [Test]
    public async Task ANodeThatWasTakenForDead_IsTold_AndIsANodeAgainOnceItSaysSo()
    {
        await RegisterAsync("first");
        Assert.That(await BuryAsync(TimeSpan.FromMinutes(1)), Is.False, "it has just checked in");
        Assert.That(await CheckInAsync("first"), Is.Not.Null);

        Assert.That(await BuryAsync(TimeSpan.FromMilliseconds(-1000)), Is.True);
        Assert.That(await BuryAsync(TimeSpan.FromMilliseconds(-1000)), Is.False, "once");
        Assert.That(await CheckInAsync("first"), Is.Null);

        await RegisterAsync("second");
        Assert.That(await CheckInAsync("first"), Is.Null, "the one that came back late is not the one that is there");
        Assert.That(await CheckInAsync("second"), Is.Not.Null);
        var node = new NodeStore(_database).List().Single();
        Assert.That((node.Id, node.IsUp, node.Report.Plugins[0]), Is.EqualTo(("one", true, Report.Plugins[0])));
    }

    private Task<bool> RegisterAsync(string incarnation) => _database.WriteAsync(
        connection =>
        {
            NodeStore.Register(connection, "one", incarnation, Report);
            return true;
        },
        default);

    private Task<DateTimeOffset?> CheckInAsync(string incarnation) => _database.WriteAsync(connection => NodeStore.CheckIn(connection, "one", incarnation, Report), default);

    private Task<bool> BuryAsync(TimeSpan silence) => _database.WriteAsync(connection => NodeStore.Bury(connection, "one", silence), default);
}
