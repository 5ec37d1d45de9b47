namespace PluginHost.AspNetCore.Api;

/// <summary>Where to roll a plugin back to.</summary>
/// <param name="Version">The version; the one that was live before when it is left out.</param>
internal sealed record RollbackBody(string? Version = null)
{
    public const string Example = """{ "version": "1a2b3c4-5d6e7f8" }""";
}
