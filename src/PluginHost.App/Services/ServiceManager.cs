using Microsoft.Extensions.Hosting.Systemd;

namespace PluginHost.App.Services;

/// <summary>Tells the system's service manager how the ready host is.</summary>
internal static class ServiceManager
{
    public const string WindowsName = "PluginHost";

    private const string NotifySocket = "NOTIFY_SOCKET";

    /// <remarks>
    /// Not by AddSystemd, which only does something in a process that systemd itself has started: under the host's
    /// supervisor that is another one.
    /// </remarks>
    public static void AddServiceManager(this WebApplicationBuilder builder)
    {
        builder.Services.AddWindowsService(options => options.ServiceName = WindowsName);
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(NotifySocket)))
        {
            return;
        }

        // With the severity in a form that the journal knows, and without times, which it has of its own.
        builder.Logging.AddSystemdConsole();
        builder.Services.AddSingleton<ISystemdNotifier, SystemdNotifier>();
        builder.Services.AddHostedService<SystemdState>();
        builder.Services.AddSingleton(SystemdWatchdog.Interval());
        builder.Services.AddHostedService<SystemdWatchdog>();
    }
}
