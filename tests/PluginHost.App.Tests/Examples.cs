using System.Text.Json.Nodes;

namespace PluginHost.App.Tests;

/// <summary>Things a host could answer.</summary>
internal static class Examples
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    public static RunInfo Run { get; } = new()
    {
        Id = "r1", Script = "Reports.Daily", Plugin = "Reports", Trigger = RunTrigger.Manual, QueuedAt = Noon, State = RunState.Running, Attempt = 1, Node = "here",
    };

    public static ScriptInfo Script { get; } = new(
        "Reports.Daily", "Reports", "Daily", "Mails totals", [], ScriptState.Ready, new LiveVersionInfo("0123456-89abcde", new string('0', 40), Noon), [],
        JsonNode.Parse("""{ "type": "object", "properties": { "Days": { "type": "integer" }, "To": { "type": ["string", "null"] } } }""")!,
        null);
}
