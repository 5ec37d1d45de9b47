using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using PluginHost.Artifacts;
using PluginHost.Building;
using PluginHost.History;
using PluginHost.Hosting;
using PluginHost.Loading;
using PluginHost.Pipeline;
using PluginHost.Planning;
using PluginHost.Processes;
using PluginHost.Running;
using PluginHost.Scheduling;
using PluginHost.Scripts;
using PluginHost.Swapping;

namespace PluginHost;

/// <summary>Adds a plugin host to an application.</summary>
public static class PluginHostServiceCollectionExtensions
{
    /// <summary>Adds a plugin host, configured by the section <c>PluginHost</c> of the application's configuration.</summary>
    /// <param name="services">The application's services.</param>
    /// <returns>Adds to the plugin host, for example the services that scripts may ask for.</returns>
    public static IPluginHostBuilder AddPluginHost(this IServiceCollection services)
    {
        services.AddOptions<PluginHostOptions>().BindConfiguration(PluginHostOptions.SectionName);
        return services.AddCore();
    }

    /// <summary>Adds a plugin host, configured by a section of your choice.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configuration">The section that holds what <see cref="PluginHostOptions"/> describes.</param>
    /// <returns>Adds to the plugin host, for example the services that scripts may ask for.</returns>
    public static IPluginHostBuilder AddPluginHost(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<PluginHostOptions>().Bind(configuration);
        return services.AddCore();
    }

    /// <summary>Adds a plugin host, configured by the section <c>PluginHost</c> and then in code.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Sets the options; it has the last word.</param>
    /// <returns>Adds to the plugin host, for example the services that scripts may ask for.</returns>
    public static IPluginHostBuilder AddPluginHost(this IServiceCollection services, Action<PluginHostOptions> configure)
    {
        services.AddOptions<PluginHostOptions>().BindConfiguration(PluginHostOptions.SectionName).Configure(configure);
        return services.AddCore();
    }

    private static IPluginHostBuilder AddCore(this IServiceCollection services)
    {
        services.AddOptions<PluginHostOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<PluginHostOptions>, PluginHostOptionsValidator>());
        services.AddHttpClient();
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        return services
            .AddHosting()
            .AddBuilding()
            .AddLoading()
            .AddHistory()
            .AddRunning()
            .AddPipeline();
    }

    private static IServiceCollection AddHosting(this IServiceCollection services)
    {
        services.TryAddSingleton<DataDirectory>();
        services.TryAddSingleton<HostEvents>();
        services.TryAddSingleton<HostActivities>();
        services.TryAddSingleton<HostReadiness>();
        services.TryAddSingleton<ChildProcess>();
        return services;
    }

    private static IServiceCollection AddBuilding(this IServiceCollection services)
    {
        services.TryAddSingleton<BuildEnvironment>();
        services.TryAddSingleton<BuildServers>();
        services.TryAddSingleton<ContractPackage>();
        services.TryAddSingleton<DotnetSdk>();
        services.TryAddSingleton<PluginBuilder>();
        services.TryAddSingleton<ArtifactCatalog>();
        services.TryAddSingleton<ArtifactStore>();
        services.TryAddSingleton<ProjectScanner>();
        services.TryAddSingleton<ChangePlanner>();
        return services;
    }

    private static IServiceCollection AddLoading(this IServiceCollection services)
    {
        services.TryAddSingleton<SharedAssemblies>();
        services.TryAddSingleton<AssemblyInspector>();
        services.TryAddSingleton<ScriptServicesFactory>();
        services.TryAddSingleton<ScriptValidator>();
        services.TryAddSingleton<PluginLoading>();
        services.TryAddSingleton<UnloadWatch>();
        services.TryAddSingleton<LiveRegistry>();
        services.TryAddSingleton<DrainingVersions>();
        return services;
    }

    private static IServiceCollection AddHosted<T>(this IServiceCollection services) where T : class, IHostedService
    {
        services.TryAddSingleton<T>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, T>(provider => provider.GetRequiredService<T>()));
        return services;
    }
}
