using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging;
using PluginHost.Scripts;

namespace PluginHost.Running;

/// <summary>One run, as its script sees it.</summary>
internal sealed class RunContext(
    RunFacts run, IRunOutput output, ILogger logger, IServiceProvider services, TimeProvider time, StateStore state, int maxResultBytes)
    : ScriptContext
{
    // Its own options: what they remember of the plugin's types goes when the run does.
    private readonly Lazy<JsonSerializerOptions> _json =
        new(() => new JsonSerializerOptions(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } });

    public override string RunId => run.RunId;

    public override string ScriptId => run.ScriptId;

    public override string Commit => run.Commit;

    public override RunTrigger Trigger => run.Trigger;

    public override DateTimeOffset? ScheduledFor => run.ScheduledFor;

    public override int Attempt => run.Attempt;

    public override ILogger Logger { get; } = logger;

    public override IServiceProvider Services { get; } = services;

    public override TimeProvider TimeProvider { get; } = time;

    public override string PluginDirectory => run.PluginDirectory;

    public override StateStore State { get; } = state;

    public override void ReportProgress(double fraction, string? message = null) =>
        output.ReportProgress(new RunProgress(double.IsNaN(fraction) ? 0 : Math.Clamp(fraction, 0, 1), message));

    public override void SetResult(object? result) => output.SetResult(Serialize(result));

    private JsonNode? Serialize(object? result)
    {
        byte[] json;
        try
        {
            json = JsonSerializer.SerializeToUtf8Bytes(result, result?.GetType() ?? typeof(object), _json.Value);
        }
        catch (Exception failure)
        {
            // Of any type: a number may be none that JSON has, and a property is code of the plugin.
            throw new ArgumentException($"The result of type {result!.GetType().Name} cannot be written as JSON: {ExceptionText.Message(failure)}", nameof(result));
        }

        return json.Length <= maxResultBytes
            ? JsonNode.Parse(json)
            : throw new ArgumentException(
                $"The result is {json.Length} bytes of JSON, and the host keeps at most {maxResultBytes} (PluginHost:Runs:MaxResultBytes). Write large results elsewhere, and return where.",
                nameof(result));
    }
}
