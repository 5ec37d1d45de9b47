using System.Diagnostics.Metrics;
using System.Text.Json;

namespace PluginHost.Telemetry;

/// <summary>What spans and metrics call things. The values are those of the API.</summary>
internal static class Names
{
    public const string Script = "pluginhost.script.id";
    public const string Plugin = "pluginhost.plugin.id";
    public const string PluginVersion = "pluginhost.plugin.version";
    public const string PluginOutcome = "pluginhost.plugin.outcome";
    public const string Run = "pluginhost.run.id";
    public const string RunTrigger = "pluginhost.run.trigger";
    public const string RunState = "pluginhost.run.state";
    public const string RunAttempt = "pluginhost.run.attempt";
    public const string RunScheduledFor = "pluginhost.run.scheduled_for";
    public const string RunIsolation = "pluginhost.run.isolation";
    public const string Source = "pluginhost.source.name";
    public const string Deployment = "pluginhost.deployment.id";
    public const string DeploymentTrigger = "pluginhost.deployment.trigger";
    public const string DeploymentState = "pluginhost.deployment.state";
    public const string Stage = "pluginhost.deployment.stage";

    // Of OpenTelemetry's semantic conventions.
    public const string Commit = "vcs.ref.head.revision";
    public const string ErrorType = "error.type";

    /// <summary>Bounds for what takes from a tenth of a second to hours. In seconds.</summary>
    public static readonly InstrumentAdvice<double> Durations = new() { HistogramBucketBoundaries = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 14400] };

    /// <summary>A value as the API writes it: <c>timed-out</c>.</summary>
    public static string Of<T>(T value) where T : struct, Enum => Texts<T>.All.GetValueOrDefault(value) ?? value.ToString();

    private static class Texts<T> where T : struct, Enum
    {
        public static readonly Dictionary<T, string> All = Enum.GetValues<T>().Distinct().ToDictionary(value => value, value => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString()));
    }
}
