using System.Net;
using System.Text.Json.Nodes;
using PluginHost.TestInfra;

namespace PluginHost.EndToEnd.Tests.Clusters;

/// <summary>Two nodes: what one does, the other shows and can do something about.</summary>
public sealed class SeveralNodes : ClusterTestBase
{
    [Test]
    public async Task WhatRunsOnOne_IsShownFollowedAndCancelledFromTheOther()
    {
        AddWriters("1", ("Slow", "", 600_000), ("Tick", "[Schedule(\"* * * * * *\", Overlap = OverlapPolicy.Allow)]", 0)).Commit("First");
        Repository.Write("plugins/A/Talk.cs", PluginSource.Script("""
            for (var i = 0; ; i++)
            {
                context.Logger.LogInformation("line {Number}", i);
                await Task.Delay(200, cancellationToken);
            }
            """, "[Schedule(\"0 0 1 1 *\")]", name: "Talk")).Commit("Second");
        var nodes = await Task.WhenAll(StartNodeAsync(1), StartNodeAsync(2));
        var (one, other) = (nodes[0], nodes[1]);

        var run = await one.PostAsync("api/v1/scripts/A.Talk/runs");
        var path = $"api/v1/runs/{run["id"]}";
        await other.UntilAsync(path, seen => seen["state"]!.ToString() == "running");
        Assert.That(await FirstLinesAsync(other, path, 10), Is.EqualTo(Enumerable.Range(0, 10).Select(i => $"line {i}")), "the log, live");

        // What lets nothing overlap is where its last run is.
        var second = await other.PostAsync("api/v1/scripts/A.Talk/runs");
        Assert.That(second["node"]!.ToString(), Is.EqualTo(run["node"]!.ToString()));

        using (var answer = await other.Api.PostAsync($"{path}/cancel", null))
        {
            Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Accepted));
        }

        await other.PostAsync($"api/v1/runs/{second["id"]}/cancel");
        await one.UntilAsync(path, seen => seen["state"]!.ToString() == "cancelled");
        await one.UntilAsync($"api/v1/runs/{second["id"]}", seen => seen["state"]!.ToString() == "cancelled");

        await one.PostAsync("api/v1/scripts/A.Tick/pause");
        await other.UntilAsync("api/v1/scripts/A.Tick", script => script["state"]!.ToString() == "paused");
        await other.PostAsync("api/v1/scripts/A.Tick/resume");
        await one.UntilAsync("api/v1/scripts/A.Tick", script => script["state"]!.ToString() == "ready");

        using (var answer = await one.Api.PutAsync("api/v1/scripts/A.Slow/schedules/often", new StringContent("""{ "cron": "* * * * * *" }""", null, "application/json")))
        {
            Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK), await answer.Content.ReadAsStringAsync());
        }

        await other.UntilAsync("api/v1/scripts/A.Slow", script => script["schedules"]!.AsArray().Count == 1);
        await other.UntilAsync("api/v1/occurrences?script=A.Slow", page => page["items"]!.AsArray().Count > 1);
    }

    [Test]
    public async Task ANodeThatIsDrained_FinishesWhatItHas_AndTheOtherDoesTheRest()
    {
        AddWriters("1", ("Slow", "", 600_000), ("Tick", "[Schedule(\"* * * * * *\", Overlap = OverlapPolicy.Allow)]", 0)).Commit("First");
        var nodes = await Task.WhenAll(StartNodeAsync(1), StartNodeAsync(2));
        var (one, other) = (nodes[0], nodes[1]);
        var self = (await one.GetAsync("api/v1/nodes"))["items"]!.AsArray().Single(node => (bool)node!["isThis"]!)!["id"]!.ToString();
        var running = await one.PostAsync("api/v1/scripts/A.Slow/runs");
        await one.UntilAsync($"api/v1/runs/{running["id"]}", run => run["state"]!.ToString() == "running");

        // Who has the version is known by check-ins.
        await one.UntilAsync("api/v1/nodes", page => page["items"]!.AsArray().All(node => node!["plugins"]!.AsArray().Count == 1));

        // Asked of any node.
        await other.PostAsync($"api/v1/nodes/{self}/drain");
        Assert.That((await one.PostAsync("api/v1/scripts/A.Tick/runs"))["node"]!.ToString(), Is.Not.EqualTo(self));
        var from = DateTimeOffset.UtcNow;
        await other.UntilAsync("api/v1/runs?script=A.Tick&limit=5", page => page["items"]!.AsArray() is { Count: 5 } runs && runs.All(run => run!.Moment("queuedAt") > from && run!["node"]!.ToString() != self));
        Assert.That((await one.GetAsync($"api/v1/runs/{running["id"]}"))["state"]!.ToString(), Is.EqualTo("running"));

        using (var answer = await other.Api.DeleteAsync($"api/v1/nodes/{self}/drain"))
        {
            Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        }

        // With something under way there it would get nothing: the other has less to do.
        await one.PostAsync($"api/v1/runs/{running["id"]}/cancel");
        await other.UntilAsync("api/v1/runs?script=A.Tick&limit=5", page => page["items"]!.AsArray().Any(run => run!["node"]!.ToString() == self));
    }

    [Test]
    public async Task ANodeThatStops_LeavesItsSchedulesToTheOther()
    {
        AddWriters("1", ("Tick", "[Schedule(\"* * * * * *\", Overlap = OverlapPolicy.Allow)]", 0)).Commit("First");
        var nodes = await Task.WhenAll(StartNodeAsync(1), StartNodeAsync(2));
        await nodes[0].UntilAsync("api/v1/occurrences?script=A.Tick", page => page["items"]!.AsArray().Count > 5);

        Assert.That(await nodes[0].StopAsync(), Is.Zero);

        var last = ReadBook().Max(line => line.Due)!.Value;
        await nodes[1].UntilAsync("api/v1/occurrences?script=A.Tick&limit=1", page => page["items"]![0]!.Moment("due").ToUnixTimeMilliseconds() > last + 5000);
        var written = ReadBook().Where(line => line.What == "begin").Select(line => line.Due!.Value).ToList();

        // A host that stops cancels what is under way: that may be a run which has not written anything yet.
        var cancelled = (await ListAsync(nodes[1], "api/v1/runs?script=A.Tick&state=cancelled&limit=500")).Select(run => run.Moment("scheduledFor").ToUnixTimeMilliseconds());
        var dues = written.Union(cancelled).Order().ToList();
        Assert.That(written, Is.Unique);
        Assert.That(dues, Is.EqualTo(Enumerable.Range(0, dues.Count).Select(i => dues[0] + (i * 1000L))), "each second once, whoever was there");
    }

    [Test]
    public async Task ACommit_IsBuiltByOneOfThree_AndLiveOnAll()
    {
        AddWriters("1", ("Tick", "[Schedule(\"* * * * * *\", Overlap = OverlapPolicy.Allow)]", 0)).Commit("First");
        var nodes = await Task.WhenAll(StartNodeAsync(1), StartNodeAsync(2), StartNodeAsync(3));
        await BuiltOnceAsync(nodes, "First");

        AddWriters("2", ("Tick", "[Schedule(\"* * * * * *\", Overlap = OverlapPolicy.Allow)]", 0)).Commit("Second");
        await BuiltOnceAsync(nodes, "Second");

        // A change that no byte of the output shows: it is not swapped where it is live, and a node that comes then has no other version.
        Repository.Write("plugins/A/notes.txt", "Nothing that is compiled.").Commit("Third");
        Assert.That((await DeployedAsync(nodes, "Third")).Select(outcome => outcome["outcome"]!.ToString()), Is.All.EqualTo("unchanged"));
        var fresh = await StartNodeAsync(4);
        var self = (await fresh.GetAsync("api/v1/nodes"))["items"]!.AsArray().Single(node => (bool)node!["isThis"]!)!;
        await nodes[0].UntilAsync("api/v1/runs?script=A.Tick&limit=20", page => page["items"]!.AsArray().Any(run => run!["node"]!.ToString() == self["id"]!.ToString()));

        // A version that the fresh node has never had: what is pinned on one is pinned on all.
        var first = (await nodes[1].GetAsync("api/v1/plugins/A/versions"))["items"]!.AsArray().Single(version => version!["message"]!.ToString() == "First")!["version"]!.ToString();
        await nodes[1].PostAsync("api/v1/plugins/A/rollback", new { version = first });
        await fresh.UntilAsync("api/v1/plugins/A", plugin => plugin["live"]!["version"]!.ToString() == first && plugin["pin"] is not null);
        await nodes[0].UntilAsync("api/v1/plugins/A", plugin => plugin["rollout"]!["liveOn"]!.GetValue<int>() == 4 && plugin["rollout"]!["nodes"]!.AsArray().All(node => node!["version"]!.ToString() == first));

        await Task.WhenAll(nodes.Select(node => node.StopAsync()));
        var stopped = DateTimeOffset.UtcNow;
        await fresh.UntilAsync("api/v1/occurrences?script=A.Tick&limit=1", page => page["items"]![0]!.Moment("due") > stopped.AddSeconds(2) && page["items"]![0]!["outcome"]!.ToString() == "ran");
    }

    private static async Task<List<JsonNode>> DeployedAsync(IReadOnlyList<ReadyHost> nodes, string message)
    {
        var deployments = await Task.WhenAll(nodes.Select(node => node.UntilAsync(
            "api/v1/deployments?limit=1", page => page["items"]![0]!["message"]!.ToString() == message && page["items"]![0]!["state"]!.ToString() == "succeeded")));
        return [.. deployments.Select(page => page["items"]![0]!["plugins"]![0]!)];
    }

    private static async Task BuiltOnceAsync(IReadOnlyList<ReadyHost> nodes, string message)
    {
        var outcomes = await DeployedAsync(nodes, message);
        Assert.That(outcomes.Select(outcome => outcome["outcome"]!.ToString()).Order(), Is.EqualTo(new[] { "built", "reused", "reused" }));
        Assert.That(outcomes.Select(outcome => outcome["builtOn"]!.ToString()).Distinct().ToList(), Has.Count.EqualTo(1));
        Assert.That(outcomes.Select(outcome => outcome["version"]!.ToString()).Distinct().ToList(), Has.Count.EqualTo(1));
    }

    private static async Task<List<string>> FirstLinesAsync(ReadyHost node, string path, int count)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{path}/log");
        request.Headers.Accept.ParseAdd("text/event-stream");
        using var answer = await node.Api.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        var lines = new List<string>();
        while (lines.Count < count && await reader.ReadLineAsync() is { } line)
        {
            if (line.IndexOf("line ", StringComparison.Ordinal) is var start and > 0)
            {
                lines.Add(line[start..].TrimEnd('"', '}'));
            }
        }

        return lines;
    }
}
