namespace PluginHost.AspNetCore.Api;

/// <summary>How to run again what has run before.</summary>
/// <param name="SameVersion">Whether to run on the version that it ran on then; on the live one when it is left out.</param>
internal sealed record RerunBody(bool SameVersion = false)
{
    public const string Example = """{ "sameVersion": true }""";
}
