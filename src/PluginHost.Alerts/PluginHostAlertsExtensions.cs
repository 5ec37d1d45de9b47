using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using PluginHost.Alerts;

namespace PluginHost;

/// <summary>Adds alerts to a plugin host.</summary>
public static class PluginHostAlertsExtensions
{
    /// <summary>Tells people when runs fail and recover, when a due time is missed, and when a commit is rejected, and forges how each commit's deployment went, as the section <c>PluginHost:Alerts</c> says.</summary>
    /// <param name="host">The plugin host.</param>
    /// <returns>It.</returns>
    public static IPluginHostBuilder AddAlerts(this IPluginHostBuilder host)
    {
        var services = host.Services;
        host.AddSettings<AlertOptions>(AlertOptions.SectionName["PluginHost:".Length..]);
        services.AddOptions<AlertOptions>().BindConfiguration(AlertOptions.SectionName).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<AlertOptions>, AlertOptionsValidator>());

        // Addresses of webhooks are secrets, and the client's own loggers write them.
        services.AddHttpClient(Webhook.Client).RemoveAllLoggers().ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false });
        services.AddHttpClient(Forge.Client).RemoveAllLoggers().ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false });
        services.TryAddSingleton<Webhook>();
        services.TryAddSingleton<Forge>();
        services.TryAddSingleton<CommitStatusSender>();
        services.TryAddSingleton<Mail>();
        services.TryAddSingleton<AlertMemory>();
        services.TryAddSingleton<RunAlerts>();
        services.TryAddSingleton<OccurrenceAlerts>();
        services.TryAddSingleton<PluginAlerts>();
        services.TryAddSingleton<QuarantineAlerts>();
        services.TryAddSingleton<AlertSender>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, AlertSender>(provider => provider.GetRequiredService<AlertSender>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, AlertWatch>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, CommitStatusSender>(provider => provider.GetRequiredService<CommitStatusSender>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, CommitStatusWatch>());
        return host;
    }
}
