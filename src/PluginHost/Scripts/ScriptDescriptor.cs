using System.Text.Json.Nodes;

namespace PluginHost.Scripts;

/// <summary>What a script says about itself. Holds no type of the plugin, so keeping one keeps no plugin in memory.</summary>
internal sealed record ScriptDescriptor
{
    public static readonly TimeSpan DefaultRetryDelay = TimeSpan.FromSeconds(10);

    public required string Id { get; init; }

    public required string PluginId { get; init; }

    public required string Name { get; init; }

    public string? Description { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = [];

    public TimeSpan? Timeout { get; init; }

    public int MaxAttempts { get; init; } = 1;

    public TimeSpan RetryDelay { get; init; } = DefaultRetryDelay;

    /// <summary>How many runs may be under way at once; 0 for any number.</summary>
    public int MaxConcurrent { get; init; }

    /// <summary>The group whose bound it shares, or null.</summary>
    public string? Group { get; init; }

    public bool RerunWhenLost { get; init; }

    /// <summary>Where it asks to run; the operator may have set more.</summary>
    public ScriptIsolation Isolation { get; init; }

    /// <summary>On how many nodes it runs for one reason.</summary>
    public RunOn RunOn { get; init; }

    /// <summary>The label that a node must have to run it; null for any node.</summary>
    public string? NodeLabel { get; init; }

    /// <summary>The scripts after whose runs it runs.</summary>
    public IReadOnlyList<RunAfterInfo> RunAfter { get; init; } = [];

    public IReadOnlyList<ScheduleDescriptor> Schedules { get; init; } = [];

    /// <summary>JSON Schema of an object with one property for each parameter.</summary>
    public required JsonNode ParameterSchema { get; init; }

    /// <summary>The names of the parameters whose values are never shown.</summary>
    public IEnumerable<string> SecretParameters => ParameterSchema["properties"] is JsonObject properties
        ? properties.Where(property => property.Value is JsonObject schema && schema["writeOnly"] is JsonValue value && value.TryGetValue(out bool secret) && secret).Select(property => property.Key)
        : [];
}
