using System.Text.Json.Nodes;
using PluginHost.TestInfra;

namespace PluginHost.EndToEnd.Tests.Clusters;

/// <summary>Two nodes that make different builds of the same commit, as two versions of the host do, so that the schedules are those of one of them.</summary>
public sealed class DifferentBuilds : ClusterTestBase
{
    [Test]
    public async Task WhenTheNodeWhoseBuildCounts_IsDrainedOrStops_TheOtherFiresOn()
    {
        AddWriters("1", ("Tick", "[Schedule(\"* * * * * *\", Overlap = OverlapPolicy.Allow)]", 0)).Commit("First");
        var one = await StartNodeAsync(1);
        await one.UntilAsync("api/v1/occurrences?script=A.Tick", page => page["items"]!.AsArray().Count > 0);
        var other = await StartNodeAsync(2, settings: ("PluginHost__Build__Configuration", "Debug"));
        var (first, second) = (await SelfAsync(one), await SelfAsync(other));
        Assert.That(VersionOn(second), Is.Not.EqualTo(VersionOn(first)));
        Assert.That(await LastAsync(other, 3), Has.All.EqualTo(first["id"]!.ToString()), "the one that was there first");

        var begun = DateTimeOffset.UtcNow;
        await other.PostAsync($"api/v1/nodes/{first["id"]}/drain");
        await UntilOnlyAsync(other, second["id"]!.ToString());

        // It takes turns again, and has not the build that counts now, until nobody else has it.
        using (await other.Api.DeleteAsync($"api/v1/nodes/{first["id"]}/drain"))
        {
        }

        await other.UntilAsync("api/v1/nodes", page => page["items"]!.AsArray().Any(node => node!["id"]!.ToString() == first["id"]!.ToString() && node.Moment("lastCheckInAt") > begun.AddSeconds(4) && !(bool)node["isDraining"]!));
        Assert.That(await LastAsync(other, 3), Has.All.EqualTo(second["id"]!.ToString()));
        Assert.That(await other.StopAsync(), Is.Zero);
        await UntilOnlyAsync(one, first["id"]!.ToString());

        var rows = await ListAsync(one, $"api/v1/occurrences?script=A.Tick&limit=500&from={begun.UtcDateTime:O}");
        Assert.That(rows.Select(row => row["outcome"]!.ToString()).Where(outcome => outcome is not ("ran" or "pending")), Is.Empty, "each had its turn in time");
    }

    /// <summary>The node of the last runs is this one alone.</summary>
    private static Task<JsonNode> UntilOnlyAsync(ReadyHost asked, string node) =>
        asked.UntilAsync("api/v1/runs?script=A.Tick&limit=4", page => page["items"]!.AsArray().All(run => run!["node"]!.ToString() == node));

    private static async Task<IEnumerable<string>> LastAsync(ReadyHost asked, int count) =>
        (await asked.GetAsync($"api/v1/runs?script=A.Tick&limit={count}"))["items"]!.AsArray().Select(run => run!["node"]!.ToString());

    private static async Task<JsonNode> SelfAsync(ReadyHost node) =>
        (await node.UntilAsync("api/v1/nodes", page => page["items"]!.AsArray().Any(one => (bool)one!["isThis"]! && one["plugins"]!.AsArray().Count == 1)))["items"]!.AsArray().Single(one => (bool)one!["isThis"]!)!;

    private static string VersionOn(JsonNode node) => node["plugins"]![0]!["version"]!.ToString();
}
