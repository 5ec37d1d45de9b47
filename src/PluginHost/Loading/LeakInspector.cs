using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;
using PluginHost.Hosting;
using PluginHost.Processes;

namespace PluginHost.Loading;

/// <summary>Has another process look into this one for what holds an unloaded version in memory.</summary>
/// <remarks>
/// The tool <c>pluginhost</c> does that, by ClrMD: the engine brings no debugger's library into the application. This
/// process stands still while it is looked into, so that the tool has to keep the time limit itself.
/// </remarks>
internal sealed partial class LeakInspector(
    LeakedVersions leaked, ChildProcess processes, HostEvents events, IOptions<PluginHostOptions> options) : IDisposable
{
    /// <summary>The hidden command of the tool, which takes the process, plugin, version and seconds, and begins when it reads a line.</summary>
    public const string Command = "inspect-heap";

    // To start, to read the heap's layout, and to write the answer.
    private static readonly TimeSpan Overhead = TimeSpan.FromSeconds(30);

    private static readonly string[] Inherited = ["PATH", "HOME", "TMPDIR", "TEMP", "TMP", "DOTNET_ROOT", "SystemRoot", "windir", "USERPROFILE", "LOCALAPPDATA"];

    private readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>Finds what holds a version, and remembers it.</summary>
    /// <exception cref="NotFoundException">No such version is known to stay in memory.</exception>
    /// <exception cref="ConflictException">It cannot be looked into.</exception>
    public async Task<LeakExplanation> ExplainAsync(string pluginId, string version, CancellationToken cancellationToken)
    {
        var found = leaked.Find(pluginId, version) ?? throw new NotFoundException("unloaded version in memory", $"{pluginId} {version}");
        await _one.WaitAsync(cancellationToken);
        try
        {
            var explanation = await InspectAsync(found, cancellationToken);
            found.Explanation = explanation;
            events.Publish(HostEventKind.Plugin, found.PluginId);
            return explanation;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task<LeakExplanation> InspectAsync(UnloadedVersion version, CancellationToken cancellationToken)
    {
        var limit = options.Value.Unload.InspectTimeout;
        var output = new StringBuilder();
        try
        {
            using var process = processes.Start(CommandFor(version, limit));
            using var tracing = TracePermission.Give(process.Id);
            var exit = await process.FinishAsync(["begin"], line => output.AppendLine(line), limit + Overhead, cancellationToken);
            return exit.Succeeded
                ? JsonSerializer.Deserialize(output.ToString(), LeakJson.Default.LeakExplanation)!
                : throw Refuse(exit.TimedOut ? $"it took longer than {limit} (PluginHost:Unload:InspectTimeout)" : output.ToString().Trim());
        }
        catch (Exception failure) when (failure is FileNotFoundException or JsonException)
        {
            throw Refuse(failure.Message);
        }

        ConflictException Refuse(string why) => new($"What holds version {version.Version} of {version.PluginId} in memory could not be found: {why}");
    }

    private ChildCommand CommandFor(UnloadedVersion version, TimeSpan limit)
    {
        var inspector = options.Value.Unload.Inspector ?? throw new ConflictException(
            "What holds a version in memory is found by the tool 'pluginhost', which looks into this process from outside. Install it, and set PluginHost:Unload:Inspector to its file.");
        string[] arguments =
        [
            Command, Environment.ProcessId.ToString(CultureInfo.InvariantCulture), version.PluginId, version.Version,
            ((int)limit.TotalSeconds).ToString(CultureInfo.InvariantCulture),
        ];
        var environment = Inherited
            .Select(name => (Name: name, Value: Environment.GetEnvironmentVariable(name)))
            .Where(variable => variable.Value is not null)
            .ToDictionary(variable => variable.Name, variable => variable.Value!);
        return inspector.EndsWith(".dll", StringComparison.OrdinalIgnoreCase)
            ? new ChildCommand(Dotnet(), [inspector, .. arguments], Path.GetTempPath(), environment)
            : new ChildCommand(inspector, arguments, Path.GetTempPath(), environment);
    }

    private static string Dotnet() =>
        Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";

    [JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true)]
    [JsonSerializable(typeof(LeakExplanation))]
    internal sealed partial class LeakJson : JsonSerializerContext;
}
