using System.Runtime.Loader;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using PluginHost.Artifacts;
using PluginHost.Scripts;

namespace PluginHost.Loading;

/// <summary>Writes down beside an artifact which scripts were found in it, so that a restart need not load it to know.</summary>
internal sealed partial class StoredScripts(SharedAssemblies shared, IsolationPolicy isolation)
{
    private const string FileName = "scripts.json";

    private readonly Lazy<string> _foundBy = new(() => Fingerprint(shared, isolation));

    /// <summary>The scripts that this very host found in the artifact before; null when it has to be loaded and checked again.</summary>
    public IReadOnlyList<ScriptDescriptor>? Read(PluginArtifact artifact)
    {
        try
        {
            var file = JsonSerializer.Deserialize(File.ReadAllBytes(PathOf(artifact)), StoredScriptsJson.Default.ScriptsFile);
            return file is null || file.FoundBy != _foundBy.Value ? null : [.. file.Scripts.Select(script => script.ToDescriptor(artifact.PluginId))];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or JsonException or FormatException)
        {
            return null;
        }
    }

    public void Write(PluginArtifact artifact, IEnumerable<ScriptDescriptor> scripts)
    {
        try
        {
            var path = PathOf(artifact);
            var temporary = $"{path}.{Guid.NewGuid():n}";
            File.WriteAllBytes(temporary, JsonSerializer.SerializeToUtf8Bytes(new ScriptsFile(_foundBy.Value, [.. scripts.Select(StoredScript.Of)]), StoredScriptsJson.Default.ScriptsFile));
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The next start takes longer; nothing else depends on it.
        }
    }

    private static string PathOf(PluginArtifact artifact) => Path.Combine(artifact.Directory, "..", FileName);

    /// <summary>Everything beside the artifact that decides what is found in it and whether it can be constructed.</summary>
    private static string Fingerprint(SharedAssemblies shared, IsolationPolicy isolation)
    {
        var modules = shared.Names
            .Select(name => AssemblyLoadContext.Default.LoadFromAssemblyName(name).ManifestModule)
            .Append(typeof(StoredScripts).Module)
            .Select(module => $"{module.Name} {module.ModuleVersionId}")
            .Order(StringComparer.Ordinal);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', modules.Prepend(Environment.Version.ToString()).Prepend(isolation.Description)))));
    }

    internal sealed record ScriptsFile(string FoundBy, IReadOnlyList<StoredScript> Scripts);

    internal sealed record StoredScript(
        string Name, string? Description, IReadOnlyList<string> Tags, TimeSpan? Timeout, int MaxAttempts, TimeSpan RetryDelay,
        int MaxConcurrent, string? Group, bool RerunWhenLost, ScriptIsolation Isolation, RunOn RunOn, string? NodeLabel, IReadOnlyList<RunAfterInfo> RunAfter, IReadOnlyList<StoredSchedule> Schedules, JsonNode ParameterSchema)
    {
        public static StoredScript Of(ScriptDescriptor script) => new(
            script.Name, script.Description, script.Tags, script.Timeout, script.MaxAttempts, script.RetryDelay,
            script.MaxConcurrent, script.Group, script.RerunWhenLost, script.Isolation, script.RunOn, script.NodeLabel, script.RunAfter,
            [.. script.Schedules.Select(StoredSchedule.Of)], script.ParameterSchema);

        public ScriptDescriptor ToDescriptor(string pluginId)
        {
            var id = $"{pluginId}.{Name}";
            return new ScriptDescriptor
            {
                Id = id, PluginId = pluginId, Name = Name, Description = Description, Tags = Tags, Timeout = Timeout,
                MaxAttempts = MaxAttempts, RetryDelay = RetryDelay, MaxConcurrent = MaxConcurrent, Group = Group, RerunWhenLost = RerunWhenLost, Isolation = Isolation, RunOn = RunOn, NodeLabel = NodeLabel, RunAfter = RunAfter,
                Schedules = [.. Schedules.Select(schedule => schedule.ToDescriptor(id))],
                ParameterSchema = ParameterSchema,
            };
        }
    }

    internal sealed record StoredSchedule(
        string Key, string Cron, string TimeZone, OverlapPolicy Overlap, CatchUpPolicy CatchUp, TimeSpan CatchUpWindow, TimeSpan Offset,
        ScheduleWindow? Window)
    {
        public static StoredSchedule Of(ScheduleDescriptor schedule) => new(
            schedule.Key, schedule.Cron, schedule.TimeZone.Id, schedule.Overlap, schedule.CatchUp, schedule.CatchUpWindow, schedule.Offset,
            schedule.Window);

        public ScheduleDescriptor ToDescriptor(string scriptId) =>
            CronText.TryParse(Cron, ScheduleReader.Seed(scriptId), out var expression, out var problem) && TimeZones.TryFind(TimeZone, out var zone, out problem)
                ? new ScheduleDescriptor(SharedTexts.Share(Key), SharedTexts.Share(Cron), expression, zone, Overlap, CatchUp, CatchUpWindow, Offset) { Window = Window }
                : throw new FormatException(problem);
    }

    [JsonSerializable(typeof(ScriptsFile))]
    private sealed partial class StoredScriptsJson : JsonSerializerContext;
}
