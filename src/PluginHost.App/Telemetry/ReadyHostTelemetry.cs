using System.Reflection;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Resources;

namespace PluginHost.App.Telemetry;

/// <summary>Sends traces, metrics and logs of the ready host by OTLP, where that is asked for. What is sent how, OpenTelemetry's own variables say.</summary>
internal static class ReadyHostTelemetry
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private static readonly string[] EndpointVariables = [Endpoint, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT"];
    private static readonly string[] DefaultSources = ["*"];
    private static readonly string[] DefaultMeters = ["System.Runtime", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel"];

    /// <exception cref="UsageException">What is configured is wrong.</exception>
    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        var settings = TelemetrySettings.Read(builder.Configuration);
        if (settings.OtlpEndpoint is { } endpoint)
        {
            builder.Configuration[Endpoint] = endpoint;
        }

        if (EndpointVariables.All(name => string.IsNullOrEmpty(builder.Configuration[name])) || builder.Configuration["OTEL_SDK_DISABLED"] == "true")
        {
            return;
        }

        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("pluginhost", serviceVersion: Version, autoGenerateServiceInstanceId: false).AddDetector(Instance).AddEnvironmentVariableDetector())
            .WithTracing(tracing => tracing.AddSource([PluginHostTelemetry.ActivitySourceName, .. OrElse(settings.Sources, DefaultSources)]))
            .WithMetrics(metrics => metrics.AddMeter([PluginHostTelemetry.MeterName, .. OrElse(settings.Meters, DefaultMeters)]))
            .WithLogging(configureBuilder: null, logs => (logs.IncludeFormattedMessage, logs.IncludeScopes) = (true, false))
            .UseOtlpExporter();
    }

    private static string Version => typeof(ReadyHostTelemetry).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    private static string[] OrElse(string[] configured, string[] otherwise) => configured.Length > 0 ? configured : otherwise;

    // The node's name stays the same over restarts, as what is shown of one host should.
    private static IResourceDetector Instance(IServiceProvider services) => new InstanceDetector(services.GetRequiredService<IOptions<PluginHostOptions>>().Value.NodeName);

    private sealed class InstanceDetector(string name) : IResourceDetector
    {
        public Resource Detect() => new([new("service.instance.id", name)]);
    }
}
