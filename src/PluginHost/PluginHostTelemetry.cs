using System.Diagnostics;

namespace PluginHost;

/// <summary>The names under which a plugin host tells OpenTelemetry, or whoever listens, what it does.</summary>
/// <remarks>
/// The engine uses <see cref="System.Diagnostics"/> alone: an application that collects telemetry adds these names, and one
/// that does not pays nothing. Which metrics and spans there are says the page <c>samples/Monitoring/README.md</c>.
/// </remarks>
public static class PluginHostTelemetry
{
    /// <summary>The activity source of deployments, with their stages, and of runs: for <c>AddSource</c> of OpenTelemetry.</summary>
    public const string ActivitySourceName = "PluginHost";

    /// <summary>The meter of everything that the host measures: for <c>AddMeter</c> of OpenTelemetry.</summary>
    public const string MeterName = "PluginHost";

    internal static readonly ActivitySource Source = new(ActivitySourceName, Hosting.HostSummary.Version);
}
