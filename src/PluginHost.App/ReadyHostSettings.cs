using PluginHost.Alerts;
using PluginHost.App.Security;
using PluginHost.App.Telemetry;
using PluginHost.Hosting.Settings;

namespace PluginHost.App;

/// <summary>The settings that the ready host has beyond the engine's own.</summary>
internal static class ReadyHostSettings
{
    /// <summary>All settings of the ready host, for the JSON schema of its configuration.</summary>
    /// <value>The section under <c>PluginHost</c>, and the class whose properties are the settings.</value>
    public static IReadOnlyList<(string Path, Type Type)> All => [("", typeof(PluginHostOptions)), ("Scripts", typeof(object)), .. Sections];

    private static IEnumerable<(string Path, Type Type)> Sections =>
    [
        ("PathBase", typeof(string)),
        ("Authentication:OpenIdConnect", typeof(OpenIdConnectSettings)),
        ("Telemetry", typeof(TelemetrySettings)),
        ("Alerts", typeof(AlertOptions)),
        ("Cluster", typeof(ClusterOptions)),
    ];

    public static IPluginHostBuilder AddReadyHostSettings(this IPluginHostBuilder host)
    {
        foreach (var (path, type) in Sections)
        {
            host.Services.AddSingleton(new SettingsSection(path, type));
        }

        return host;
    }
}
