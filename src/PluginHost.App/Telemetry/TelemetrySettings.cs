namespace PluginHost.App.Telemetry;

/// <summary>Where the ready host sends its telemetry, from the section <c>PluginHost:Telemetry</c>.</summary>
internal sealed class TelemetrySettings
{
    public const string SectionName = "PluginHost:Telemetry";

    /// <summary>The OpenTelemetry collector to which traces, metrics and logs are sent by OTLP.</summary>
    /// <value>An http or https address, such as <c>http://localhost:4317</c>. The default, null, leaves that to the environment variable <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>; without either nothing is sent.</value>
    public string? OtlpEndpoint { get; set; }

    /// <summary>The activity sources, besides the host's own, whose spans are sent; <c>*</c> stands for any characters.</summary>
    /// <value>The default is <c>*</c>: those of scripts, of ASP.NET Core, of HTTP clients and of whatever else there is.</value>
    public string[] Sources { get; set; } = [];

    /// <summary>The meters, besides the host's own, whose metrics are sent; <c>*</c> stands for any characters.</summary>
    /// <value>The default is those of the runtime and of ASP.NET Core's server.</value>
    public string[] Meters { get; set; } = [];

    /// <exception cref="UsageException">A value is wrong.</exception>
    public static TelemetrySettings Read(IConfiguration configuration)
    {
        var settings = configuration.GetSection(SectionName).Get<TelemetrySettings>() ?? new TelemetrySettings();
        return settings.OtlpEndpoint is not { } endpoint || (Uri.TryCreate(endpoint, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
            ? settings
            : throw new UsageException($"{SectionName}:{nameof(OtlpEndpoint)} is '{endpoint}', which is no address that telemetry could be sent to. Write it as http://collector:4317.");
    }
}
