using System.Text.Json.Serialization;

namespace PluginHost.Artifacts;

[JsonSerializable(typeof(PluginArtifact))]
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class ArtifactJson : JsonSerializerContext;
