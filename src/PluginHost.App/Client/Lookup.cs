using System.Text.Json.Nodes;
using PluginHost.Scripts;

namespace PluginHost.App.Client;

/// <summary>A name that somebody has typed, and where the names that exist are found.</summary>
/// <param name="Kind">What it is a name of, in the API's words.</param>
/// <param name="Name">What was typed.</param>
/// <param name="List">The list of the API that has them.</param>
/// <param name="Read">Finds the names in it.</param>
internal sealed record Lookup(string Kind, string Name, string List, Func<JsonNode, IEnumerable<string?>> Read)
{
    private const int MostNamed = 8;

    public static Lookup Script(string name) => new("script", name, $"scripts?limit={PageOptions.Most}", Ids);

    public static Lookup Node(string name) => new("node", name, "nodes", Ids);

    public static Lookup Plugin(string name) => new("plugin", name, "plugins", Ids);

    public static Lookup Version(string plugin, string version) =>
        new("version", version, $"plugins/{Uri.EscapeDataString(plugin)}/versions", list => Items(list).Select(item => (string?)item["version"]));

    /// <summary>The versions that a script can run on are those of its plugin.</summary>
    public static Lookup VersionOfScript(string script, string version) => Version(script[..Math.Max(0, script.LastIndexOf('.'))], version);

    public static Lookup Source(string name) =>
        new("source", name, "status", status => status["sources"]!.AsArray().Select(source => (string?)source!["name"]));

    /// <summary>Says which names come near, or which there are.</summary>
    public string Suggest(IReadOnlyList<string> names)
    {
        // Of a script's id people remember the second half.
        var half = names.Where(name => name.EndsWith($".{Name}", StringComparison.OrdinalIgnoreCase)).ToList();
        var near = half.Count > 0 ? half
            : NearestName.Find(Name, names) is { } nearest ? [nearest]
            : NearestName.Find(Name, names.Select(name => name[(name.LastIndexOf('.') + 1)..])) is { } second
                ? names.Where(name => name.EndsWith($".{second}", StringComparison.Ordinal)).ToList()
            : [];
        return (near, names) switch
        {
            ([], []) => "There are none.",
            ({ Count: > 0 }, _) => $"Did you mean {string.Join(" or ", near.Take(MostNamed).Select(name => $"'{name}'"))}?",
            (_, { Count: <= MostNamed }) => $"There are: {string.Join(", ", names)}.",
            _ => $"There are {names.Count}, among them {string.Join(", ", names.Take(MostNamed))}.",
        };
    }

    private static IEnumerable<string?> Ids(JsonNode list) => Items(list).Select(item => (string?)item["id"]);

    private static IEnumerable<JsonNode> Items(JsonNode list) => list["items"]!.AsArray().OfType<JsonNode>();
}
