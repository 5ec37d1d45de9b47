using System.Net;
using System.Text.Json.Nodes;
using PluginHost.TestInfra;

namespace PluginHost.EndToEnd.Tests.Clusters;

/// <summary>Two nodes of which one has a label, and a bound that holds for both together.</summary>
public sealed class NodesOfKinds : ClusterTestBase
{
    [Test]
    public async Task RunsAreWhereTheirScriptsSay_AndNoMoreAtOnceThanAllMayHave()
    {
        AddWriters(
            "1",
            ("OnGpu", "[Script(NodeLabel = \"gpu\")]", 0),
            ("OnTape", "[Script(NodeLabel = \"tape\")]", 0),
            ("Everywhere", "[Script(RunOn = RunOn.EveryNode), Schedule(\"* * * * * *\", Overlap = OverlapPolicy.Allow)]", 0),
            ("Limited", "[Script(Group = \"database\")]", 1000));
        Repository.Write("plugins/A/Long.cs", PluginSource.Script("""
            context.ReportProgress(0.25, "one of four");
            await Task.Delay(TimeSpan.FromHours(1), cancellationToken);
            """, name: "Long")).Commit("First");
        var nodes = await Task.WhenAll(StartNodeAsync(1, settings: [("PluginHost__Cluster__Limits__database", "1"), ("PluginHost__NodeLabels__0", "gpu")]), StartNodeAsync(2, settings: ("PluginHost__Cluster__Limits__database", "1")));
        var (gpu, plain) = (nodes[0], nodes[1]);
        var all = (await plain.UntilAsync("api/v1/nodes", page => page["items"]!.AsArray().Count(node => node!["plugins"]!.AsArray().Count == 1) == 2))["items"]!.AsArray();
        var labelled = all.Single(node => node!["labels"]!.AsArray() is [{ } label] && label.ToString() == "gpu")!["id"]!.ToString();

        var warnings = (await plain.GetAsync("api/v1/deployments?limit=1"))["items"]![0]!["plugins"]![0]!["warnings"]!.AsArray().Select(warning => warning!["message"]!.ToString());
        Assert.That(warnings, Has.One.Contains("Script 'A.OnTape' needs a node with the label 'tape', and no node that is up has it"));
        Assert.That((await plain.PostAsync("api/v1/scripts/A.OnGpu/runs"))["node"]!.ToString(), Is.EqualTo(labelled));
        using (var refused = await plain.Api.PostAsync("api/v1/scripts/A.OnTape/runs", null))
        {
            Assert.That(refused.StatusCode, Is.EqualTo(HttpStatusCode.Conflict));
            Assert.That(await refused.Content.ReadAsStringAsync(), Does.Contain("tape"));
        }

        // Once both have the version, each due time has a run on both, and one row.
        var together = OnBoth(await plain.UntilAsync("api/v1/runs?script=A.Everywhere&limit=20", page => OnBoth(page) is not null))!;
        Assert.That((await ListAsync(gpu, $"api/v1/runs?fanOut={together}")).Select(run => run["node"]!.ToString()), Is.EquivalentTo(all.Select(node => node!["id"]!.ToString())));
        var rows = await ListAsync(plain, "api/v1/occurrences?script=A.Everywhere&limit=500");
        Assert.That(rows.Count(row => row["runId"]?.ToString() == together), Is.EqualTo(1));

        // Asked of both at once, four times each, one at a time.
        var asked = await Task.WhenAll(Enumerable.Range(0, 4).SelectMany(_ => nodes.Select(node => node.PostAsync("api/v1/scripts/A.Limited/runs"))));
        var ended = await Task.WhenAll(asked.Select(run => plain.UntilAsync($"api/v1/runs/{run["id"]}", seen => seen["state"]!.ToString() == "succeeded")));
        var inTurn = ended.OrderBy(run => run.Moment("startedAt")).ToList();
        Assert.That(inTurn.Select(run => run["node"]!.ToString()).Distinct().ToList(), Has.Count.EqualTo(2));
        foreach (var (run, next) in inTurn.Zip(inTurn.Skip(1)))
        {
            Assert.That(next.Moment("startedAt"), Is.GreaterThanOrEqualTo(run.Moment("finishedAt")), $"{run.ToJsonString()} {next.ToJsonString()}");
        }

        // What it says of itself is seen from the other node.
        var talking = await gpu.PostAsync("api/v1/scripts/A.Long/runs");
        var seen = await plain.UntilAsync($"api/v1/runs/{talking["id"]}", run => run["progress"] is not null);
        Assert.That((seen["progress"]!["fraction"]!.GetValue<double>(), seen["progress"]!["message"]!.ToString(), seen["node"]!.ToString()), Is.EqualTo((0.25, "one of four", labelled)));
    }

    /// <summary>What the runs of one time on two nodes have in common; null when none is on two.</summary>
    private static string? OnBoth(JsonNode page) => page["items"]!.AsArray().GroupBy(run => run!["fanOut"]!.ToString())
        .FirstOrDefault(runs => runs.Select(run => run!["node"]!.ToString()).Distinct().Count() == 2)?.Key;
}
