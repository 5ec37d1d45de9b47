using System.Text.Json.Nodes;

namespace PluginHost.Soak.Acts;

/// <summary>What operators do.</summary>
internal static class Operations
{
    public static IReadOnlyList<Act> All { get; } =
    [
        new("pause and resume", 3, PauseAsync),
        new("rollback, commit, un-pin", 3, RollBackAsync),
    ];

    private static async Task PauseAsync(World world)
    {
        var script = $"{world.PickPlugin()}.Tick";
        using var paused = await world.Host.Api.PostAsync($"api/v1/scripts/{script}/pause", null);
        if (paused.IsSuccessStatusCode)
        {
            await Task.Delay(world.Random.Next(12_000));
            using var resumed = await world.Host.Api.PostAsync($"api/v1/scripts/{script}/resume", null);
        }
    }

    private static async Task RollBackAsync(World world)
    {
        world.ComeBack();
        var plugin = world.PickPlugin();
        if (!world.History.Tip[plugin].CanGoLive)
        {
            return;
        }

        await world.Host.SyncAsync();
        var answer = await world.Host.PostAsync($"api/v1/plugins/{plugin}/rollback");
        if (answer["pin"] is null)
        {
            // There is no earlier version, or runs of one stand in the way; it says so.
            return;
        }

        var pinned = await NumberAsync(world, plugin);
        world.History.Commit("While pinned", (plugin, world.History.Next(ContentKind.Good)));
        world.Push();
        await world.Host.SyncAsync();
        Expect(plugin, "while it is pinned", pinned, await NumberAsync(world, plugin));

        using var unpinned = await world.Host.Api.DeleteAsync($"api/v1/plugins/{plugin}/pin");
        unpinned.EnsureSuccessStatusCode();
        await world.Host.SyncAsync();
        Expect(plugin, "after it was un-pinned", world.History.Tip[plugin].Number, await NumberAsync(world, plugin));
    }

    private static async Task<int?> NumberAsync(World world, string plugin) => (await world.RunAsync($"{plugin}.Work"))["result"] is JsonValue number ? number.GetValue<int>() : null;

    private static void Expect(string plugin, string when, int? expected, int? actual)
    {
        if (expected is null || actual != expected)
        {
            throw new InvariantException($"{plugin} ran content {actual} {when}, and not {expected}.");
        }
    }
}
