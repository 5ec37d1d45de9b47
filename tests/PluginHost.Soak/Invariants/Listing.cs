using System.Text.Json.Nodes;
using PluginHost.TestInfra;

namespace PluginHost.Soak.Invariants;

/// <summary>Reads lists of the API to their end.</summary>
internal static class Listing
{
    public static async IAsyncEnumerable<JsonNode> ReadAsync(ReadyHost host, string path)
    {
        for (string? after = ""; after is not null;)
        {
            var page = await host.GetAsync($"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}limit=500&after={after}");
            foreach (var item in page["items"]!.AsArray())
            {
                yield return item!;
            }

            after = page["next"]?.ToString();
        }
    }
}
