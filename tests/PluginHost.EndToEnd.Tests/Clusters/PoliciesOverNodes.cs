using System.Text.Json.Nodes;
using PluginHost.TestInfra;

namespace PluginHost.EndToEnd.Tests.Clusters;

/// <summary>What a schedule says of overlap, pauses and missed times holds whichever node has its turn.</summary>
public sealed class PoliciesOverNodes : ClusterTestBase
{
    private static readonly string[] Alone = ["A.Skips", "A.Queues", "A.QueuesAll", "A.Cancels"];

    [Test]
    public async Task TheyHoldOverAllNodes()
    {
        AddWriters(
            "1",
            ("Skips", "[Schedule(\"* * * * * *\")]", 1500),
            ("Queues", "[Schedule(\"* * * * * *\", Overlap = OverlapPolicy.Queue)]", 1500),
            ("QueuesAll", "[Schedule(\"*/2 * * * * *\", Overlap = OverlapPolicy.QueueAll)]", 800),
            ("Cancels", "[Schedule(\"*/3 * * * * *\", Overlap = OverlapPolicy.CancelPrevious)]", 60_000),
            ("MakesUpForAll", "[Schedule(\"* * * * * *\", Overlap = OverlapPolicy.Allow, CatchUp = CatchUpPolicy.All)]", 0),
            ("MakesUpForTheLatest", "[Schedule(\"* * * * * *\", Overlap = OverlapPolicy.Allow)]", 0)).Commit("First");
        var nodes = await Task.WhenAll(StartNodeAsync(1), StartNodeAsync(2));
        var (one, other) = (nodes[0], nodes[1]);
        await one.UntilAsync("api/v1/occurrences?script=A.Cancels", page => page["items"]!.AsArray().Count > 3);

        string[] paused = ["A.MakesUpForAll", "A.MakesUpForTheLatest"];
        foreach (var script in paused)
        {
            await one.PostAsync($"api/v1/scripts/{script}/pause");
        }

        var pausedAt = DateTimeOffset.UtcNow;
        await one.UntilAsync("api/v1/occurrences?script=A.Cancels&limit=1", page => page["items"]![0]!.Moment("due") > pausedAt.AddSeconds(10));
        foreach (var script in paused)
        {
            await other.PostAsync($"api/v1/scripts/{script}/resume");
        }

        foreach (var script in paused)
        {
            await one.UntilAsync($"api/v1/occurrences?script={script}", page => page["items"]!.AsArray().Any(row => row!["outcome"]!.ToString() == "caught-up"));
        }

        await one.UntilAsync("api/v1/occurrences?script=A.Cancels&limit=1", page => page["items"]![0]!.Moment("due") > pausedAt.AddSeconds(18));
        foreach (var script in Alone)
        {
            await NoTwoAtOnceAsync(one, script);
        }

        Assert.That(await OutcomesAsync(one, "A.Skips"), Contains.Item("skipped-overlap"));
        Assert.That(await OutcomesAsync(one, "A.Queues"), Contains.Item("skipped-overlap"));
        Assert.That(await OutcomesAsync(one, "A.QueuesAll"), Has.None.EqualTo("skipped-overlap"));
        Assert.That((await ListAsync(one, "api/v1/runs?script=A.Cancels&limit=500")).Count(run => run["state"]!.ToString() == "cancelled"), Is.GreaterThan(3));
        Assert.That(await OutcomesAsync(one, "A.MakesUpForAll"), Has.None.EqualTo("skipped-paused"));
        Assert.That(await OutcomesAsync(one, "A.MakesUpForTheLatest"), Contains.Item("skipped-paused"));
        foreach (var script in Alone.Concat(paused))
        {
            await EachTimeIsInTheLedgerOnceAsync(one, script);
        }

        Assert.That((await ListAsync(one, "api/v1/runs?limit=500")).Select(run => run["node"]!.ToString()).Distinct().ToList(), Has.Count.EqualTo(2), "both nodes had runs");
    }

    private static async Task NoTwoAtOnceAsync(ReadyHost node, string script)
    {
        // The end of one may be stored after the start of the next, so only what is over is looked at.
        var page = await node.UntilAsync($"api/v1/runs?script={script}&limit=500", page => Started(page).SkipLast(1).All(run => run["finishedAt"] is not null));
        var runs = Started(page).ToList();
        Assert.That(runs, Has.Count.GreaterThan(3), script);
        foreach (var (run, next) in runs.Zip(runs.Skip(1)))
        {
            // The end is stored an instant after the place is free.
            Assert.That(next.Moment("startedAt"), Is.GreaterThan(run.Moment("finishedAt").AddMilliseconds(-50)), $"{script}: {run.ToJsonString()} {next.ToJsonString()}");
        }
    }

    private static IEnumerable<JsonNode> Started(JsonNode page) =>
        page["items"]!.AsArray().Select(run => run!).Where(run => run["startedAt"] is not null).OrderBy(run => run.Moment("startedAt"));

    private static async Task<List<string>> OutcomesAsync(ReadyHost node, string script) =>
        [.. (await ListAsync(node, $"api/v1/occurrences?script={script}&limit=500")).Select(row => row["outcome"]!.ToString()).Distinct()];

    private static async Task EachTimeIsInTheLedgerOnceAsync(ReadyHost node, string script)
    {
        var rows = (await ListAsync(node, $"api/v1/occurrences?script={script}&limit=500")).OrderBy(row => row.Moment("due")).ToList();
        var step = script switch { "A.QueuesAll" => 2, "A.Cancels" => 3, _ => 1 };
        foreach (var (row, next) in rows.Zip(rows.Skip(1)))
        {
            Assert.That(next.Moment("due"), Is.EqualTo(row.Moment("until").AddSeconds(step)), $"{script}: {row.ToJsonString()} {next.ToJsonString()}");
        }
    }
}
