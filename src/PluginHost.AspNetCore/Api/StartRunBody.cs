using System.Text.Json.Nodes;

namespace PluginHost.AspNetCore.Api;

/// <summary>What to run a script with.</summary>
/// <param name="Parameters">A value for each parameter by name; what is left out keeps its default.</param>
/// <param name="Version">The version to run on; the live one when it is left out.</param>
/// <param name="StartAt">When to start; at once when it is left out.</param>
internal sealed record StartRunBody(JsonObject? Parameters = null, string? Version = null, DateTimeOffset? StartAt = null)
{
    public const string Example = """{ "parameters": { "name": "value" }, "version": "1a2b3c4-5d6e7f8" }""";
}
