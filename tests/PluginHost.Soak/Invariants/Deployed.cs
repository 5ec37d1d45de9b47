using System.Net;
using System.Text.Json.Nodes;

namespace PluginHost.Soak.Invariants;

/// <summary>Every commit is live or explained, and what was good last can be run.</summary>
internal static class Deployed
{
    public static async Task CheckAsync(World world)
    {
        // A deployment may be under way for an older tip, and what waits for a draining version comes a moment later.
        var receipt = await world.Host.SyncAsync();
        foreach (var plugin in world.Expectations.Plugins)
        {
            var expected = world.Expectations.Of(plugin);
            if (expected.Tip is not { } content)
            {
                await GoneAsync(world, plugin);
                expected.Seen(null, TimeProvider.System.GetUtcNow());
                continue;
            }

            var state = content.CanGoLive ? "live" : "degraded";
            var info = await world.Host.UntilAsync($"api/v1/plugins/{plugin}", answer => answer["state"]?.ToString() is { } now && (now == state || now == "failed"));
            var live = await NumberAsync(world, plugin);
            Expect(plugin, content, expected, info, live, receipt);
            expected.Seen(live, TimeProvider.System.GetUtcNow());
        }
    }

    private static void Expect(string plugin, Content content, Expectation expected, JsonNode info, int? live, JsonNode receipt)
    {
        var isRight = content.CanGoLive
            ? live == content.Number
            : live is { } number ? expected.MayBeLive.Contains(number) : expected.MayBeGone || expected.MayBeLive.Count == 0;
        if (!isRight)
        {
            throw new InvariantException($"{plugin} has {content} at the tip and runs '{live}'; it may run {string.Join(", ", expected.MayBeLive)}{(expected.MayBeGone ? " or nothing" : "")}. {info} {receipt}");
        }

        if (!content.CanGoLive && info["problem"]?["message"] is null)
        {
            throw new InvariantException($"{plugin} has {content} at the tip, and nothing says why that is not live: {info}");
        }
    }

    private static async Task GoneAsync(World world, string plugin)
    {
        using var answer = await world.Host.Api.GetAsync($"api/v1/scripts/{plugin}.Work");
        if (answer.StatusCode != HttpStatusCode.NotFound)
        {
            throw new InvariantException($"{plugin} is gone from the branch, and its script still answers: {await answer.Content.ReadAsStringAsync()}");
        }
    }

    /// <summary>The number of the content that runs; null when none does.</summary>
    private static async Task<int?> NumberAsync(World world, string plugin)
    {
        using var script = await world.Host.Api.GetAsync($"api/v1/scripts/{plugin}.Work");
        if (script.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        var run = await world.RunAsync($"{plugin}.Work");
        return run["state"]?.ToString() == "succeeded"
            ? run["result"]!.GetValue<int>()
            : throw new InvariantException($"{plugin} has a live version that does not run: {run}");
    }
}
