using System.Net;
using System.Text.Json.Nodes;
using PluginHost.TestInfra;

namespace PluginHost.EndToEnd.Tests.Clusters;

/// <summary>Gives nodes another version of the host, one after the other, as an operator does; and looks whether anybody notices.</summary>
/// <param name="nodes">The nodes, which change in it.</param>
/// <param name="start">Starts a node with a version, over the data directory that it has.</param>
/// <param name="swap">Commits a new version of the scripts, and answers what it is called.</param>
internal sealed class RollingUpgrade(ReadyHost[] nodes, Func<int, string, Task<ReadyHost>> start, Func<string> swap)
{
    private static readonly string[] Cut = ["lost", "cancelled"];

    /// <summary>Upgrades nodes, or takes them back to the version before.</summary>
    /// <param name="order">Which, in which order.</param>
    /// <param name="version">The version that they have then.</param>
    /// <param name="schedules">Scripts whose schedules let everything overlap: each of their times has its run meanwhile.</param>
    public async Task GoAsync(IReadOnlyList<int> order, string version, IReadOnlyList<string> schedules)
    {
        // What another fault has left is not this one's.
        await CalmAsync(schedules);
        var begun = DateTimeOffset.UtcNow;
        foreach (var (node, i) in order.Select((node, i) => (node, i)))
        {
            // The last one that has another version may be the one that deploys last, so that its build is the one that counts.
            if (i == order.Count - 1)
            {
                await SwapAsync();
            }

            await ReplaceAsync(node, version);
        }

        await FiredOnAsync(schedules, begun, DateTimeOffset.UtcNow);
    }

    private async Task ReplaceAsync(int number, string version)
    {
        var (node, other) = (nodes[number], nodes[(number + 1) % nodes.Length]);
        var id = (await NodesAsync(node)).Single(one => (bool)one["isThis"]!)["id"]!.ToString();
        await AskAsync(other, HttpMethod.Post, id);
        var drained = DateTimeOffset.UtcNow;

        // Who was placing a run on it in that moment has done so a moment later.
        await UntilAsync(other, id, one => (bool)one["isDraining"]! && Count(one, "runningRuns") + Count(one, "queuedRuns") == 0 && one.Moment("lastCheckInAt") > drained.AddSeconds(2));
        Assert.That(await node.StopAsync(), Is.Zero, node.Output);
        Assert.That(await OfAsync(other, id, Cut, drained), Is.Empty, $"{id} was drained at {drained:O}, before it was stopped. {node.Output}");
        nodes[number] = await start(number, version);
        await AskAsync(other, HttpMethod.Delete, id);
        await UntilAsync(other, id, one => (bool)one["isUp"]! && !(bool)one["isDraining"]! && one["version"]!.ToString() == version && one["plugins"]!.AsArray().Count == 1);
    }

    /// <summary>While some have the one version and some the other, each deploys what is committed.</summary>
    private async Task SwapAsync()
    {
        var message = swap();
        await Task.WhenAll(nodes.Select(node => node.UntilAsync(
            "api/v1/deployments?limit=1", page => page["items"]![0]!["message"]!.ToString() == message && page["items"]![0]!["state"]!.ToString() == "succeeded")));
    }

    private async Task CalmAsync(IReadOnlyList<string> schedules)
    {
        await nodes[0].UntilAsync("api/v1/nodes", page => page["items"]!.AsArray().Count(node => (bool)node!["isUp"]!) == nodes.Length);
        foreach (var script in schedules)
        {
            await nodes[0].UntilAsync($"api/v1/occurrences?script={script}&limit=3", page => page["items"]!.AsArray().All(row => row!["outcome"]!.ToString() == "ran" && row.Moment("due") > DateTimeOffset.UtcNow.AddSeconds(-8)));
        }
    }

    private async Task FiredOnAsync(IReadOnlyList<string> schedules, DateTimeOffset begun, DateTimeOffset ended)
    {
        foreach (var script in schedules)
        {
            var page = await nodes[0].UntilAsync(
                $"api/v1/occurrences?script={script}&limit=500&from={begun.UtcDateTime:O}&to={ended.UtcDateTime:O}",
                page => page["items"]!.AsArray() is { Count: > 0 } rows && rows[0]!.Moment("due") > ended.AddSeconds(-2) && rows.All(row => row!["outcome"]!.ToString() != "pending"));
            Assert.That(page["items"]!.AsArray().Where(row => row!["outcome"]!.ToString() != "ran").Select(row => row!.ToJsonString()), Is.Empty, $"due during the upgrade, from {begun:O} to {ended:O}");
        }
    }

    private static async Task AskAsync(ReadyHost node, HttpMethod method, string id)
    {
        using var request = new HttpRequestMessage(method, $"api/v1/nodes/{id}/drain");
        using var answer = await node.Api.SendAsync(request);
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK), await answer.Content.ReadAsStringAsync());
    }

    private static async Task<IReadOnlyList<string>> OfAsync(ReadyHost asked, string node, IEnumerable<string> states, DateTimeOffset since)
    {
        var pages = await Task.WhenAll(states.Select(state => asked.GetAsync($"api/v1/runs?state={state}&limit=500")));
        return [.. pages.SelectMany(page => page["items"]!.AsArray()).Where(run => run!["node"]!.ToString() == node && run.Moment("finishedAt") > since).Select(run => run!.ToJsonString())];
    }

    private static Task<JsonNode> UntilAsync(ReadyHost asked, string node, Func<JsonNode, bool> wanted) =>
        asked.UntilAsync("api/v1/nodes", page => page["items"]!.AsArray().Any(one => one!["id"]!.ToString() == node && wanted(one)));

    private static async Task<IEnumerable<JsonNode>> NodesAsync(ReadyHost asked) => (await asked.GetAsync("api/v1/nodes"))["items"]!.AsArray().Select(node => node!);

    private static int Count(JsonNode node, string name) => node[name]!.GetValue<int>();
}
