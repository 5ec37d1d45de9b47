using System.Diagnostics;
using System.Text.Json.Nodes;
using PluginHost.TestInfra;

namespace PluginHost.Soak.Invariants;

/// <summary>Only what cannot be unloaded stays in memory.</summary>
internal static class Unloading
{
    public static async Task CheckAsync(World world)
    {
        // What was just replaced is collected when the collector next comes by.
        for (var watch = Stopwatch.StartNew(); ; await Task.Delay(500))
        {
            var wrong = (await LeakedAsync(world.Host)).Where(leaked => !world.History.IsLeaking(leaked.Plugin, leaked.Version.Split('-')[0])).ToList();
            if (wrong.Count == 0)
            {
                return;
            }

            if (watch.Elapsed > ReadyHost.Patience)
            {
                throw new InvariantException($"These versions can be unloaded, and stay in memory: {string.Join(", ", wrong)}");
            }
        }
    }

    private static async Task<IEnumerable<(string Plugin, string Version)>> LeakedAsync(ReadyHost host)
    {
        var plugins = await host.GetAsync("api/v1/plugins");
        return
            from plugin in plugins["items"]!.AsArray()
            from JsonNode leaked in plugin["leaked"]!.AsArray()
            select (plugin["id"]!.ToString(), leaked["version"]!.ToString());
    }
}
