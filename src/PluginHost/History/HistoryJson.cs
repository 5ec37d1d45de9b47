using System.Text.Json.Serialization;

namespace PluginHost.History;

[JsonSerializable(typeof(RunInfo))]
[JsonSerializable(typeof(DeploymentInfo))]
[JsonSerializable(typeof(LivePluginRow))]
[JsonSerializable(typeof(ScheduleOverride))]
[JsonSerializable(typeof(ScheduleMark))]
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class HistoryJson : JsonSerializerContext;
