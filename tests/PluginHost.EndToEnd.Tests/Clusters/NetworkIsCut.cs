using System.Text.Json.Nodes;
using Npgsql;
using PluginHost.TestInfra;

namespace PluginHost.EndToEnd.Tests.Clusters;

/// <summary>The network between a node and the database is cut, and nobody is told.</summary>
public sealed class NetworkIsCut : ClusterTestBase
{
    [TestCase(false)]
    [TestCase(true)]
    public async Task TheOtherNodeGoesOn_AndNoDueTimeIsLostOrRunTwice(bool withALockHeld)
    {
        AddWriters("1", ("Slow", "", 600_000), ("Tick", "[Schedule(\"* * * * * *\", Overlap = OverlapPolicy.Allow, CatchUp = CatchUpPolicy.All)]", 0)).Commit("First");
        await using var network = new CuttableNetwork(Postgres.Socket);

        // As the README has the server set.
        var through = $"Host=127.0.0.1;Port={network.Port};Username=postgres;Database=postgres;Options=-c idle_in_transaction_session_timeout=5s";
        var cut = await StartNodeAsync(1, through);
        var other = await StartNodeAsync(2);
        var run = await cut.PostAsync("api/v1/scripts/A.Slow/runs");
        await other.UntilAsync($"api/v1/runs/{run["id"]}", seen => seen["state"]!.ToString() == "running");
        await cut.UntilAsync("api/v1/occurrences?script=A.Tick", page => page["items"]!.AsArray().Count > 1);

        await using var locker = new NpgsqlConnection($"{through};Pooling=false");
        if (withALockHeld)
        {
            // That by which Quartz has one node at a time take due times, in the middle of a transaction.
            await locker.OpenAsync();
            await using var command = new NpgsqlCommand("BEGIN; SELECT * FROM pluginhost.qrtz_locks FOR UPDATE", locker);
            await command.ExecuteNonQueryAsync();
        }

        network.Cut();
        var cutAt = DateTimeOffset.UtcNow;
        await other.UntilAsync($"api/v1/runs/{run["id"]}", seen => seen["state"]!.ToString() == "lost");
        await other.UntilAsync("api/v1/occurrences?script=A.Tick&limit=1", page => Due(page["items"]![0]!) > cutAt.AddSeconds(12));
        Assert.That(cut.Output, Does.Contain("could not check in").And.Contain("Its runs were cancelled"));

        network.Mend();
        var mendedAt = DateTimeOffset.UtcNow;
        await other.UntilAsync("api/v1/nodes", page => page["items"]!.AsArray().All(node => (bool)node!["isUp"]!));
        await other.UntilAsync("api/v1/occurrences?script=A.Tick&limit=1", page => Due(page["items"]![0]!) > mendedAt.AddSeconds(5));
        var rows = (await ListAsync(other, "api/v1/occurrences?script=A.Tick&limit=500")).OrderBy(Due).ToList();
        foreach (var (row, next) in rows.Zip(rows.Skip(1)))
        {
            Assert.That(Due(next) - Until(row), Is.EqualTo(TimeSpan.FromSeconds(1)), $"{row.ToJsonString()} {next.ToJsonString()}");
        }

        var began = ReadBook().Where(line => line is { What: "begin", Script: "A.Tick" }).ToList();
        Assert.That(began.Select(line => line.Due), Is.Unique);
        Assert.That(began.Select(line => line.Run), Is.Unique);
    }

    private static DateTimeOffset Due(JsonNode row) => row.Moment("due");

    private static DateTimeOffset Until(JsonNode row) => row.Moment("until");
}
