using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using PluginHost.Artifacts;
using PluginHost.Building;
using PluginHost.Crashes;
using PluginHost.History;
using PluginHost.History.Sqlite;
using PluginHost.Hosting;
using PluginHost.Hosting.Settings;
using PluginHost.Isolation;
using PluginHost.Loading;
using PluginHost.Pipeline;
using PluginHost.Planning;
using PluginHost.Processes;
using PluginHost.Retention;
using PluginHost.Running;
using PluginHost.Scheduling;
using PluginHost.Scripts;
using PluginHost.Sources;
using PluginHost.Swapping;
using PluginHost.Telemetry;

namespace PluginHost;

/// <summary>Adds a plugin host to an application.</summary>
public static class PluginHostServiceCollectionExtensions
{
    /// <summary>Adds a plugin host, configured by the section <c>PluginHost</c> of the application's configuration.</summary>
    /// <param name="services">The application's services.</param>
    /// <returns>Adds to the plugin host, for example the services that scripts may ask for.</returns>
    public static IPluginHostBuilder AddPluginHost(this IServiceCollection services)
    {
        services.AddOptions<PluginHostOptions>().CheckSettings().BindConfiguration(PluginHostOptions.SectionName);
        return services.AddCore();
    }

    /// <summary>Adds a plugin host, configured by a section of your choice.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configuration">The section that holds what <see cref="PluginHostOptions"/> describes.</param>
    /// <returns>Adds to the plugin host, for example the services that scripts may ask for.</returns>
    public static IPluginHostBuilder AddPluginHost(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<PluginHostOptions>().CheckSettings(configuration).Bind(configuration);
        return services.AddCore();
    }

    /// <summary>Adds a plugin host, configured by the section <c>PluginHost</c> and then in code.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Sets the options; it has the last word.</param>
    /// <returns>Adds to the plugin host, for example the services that scripts may ask for.</returns>
    public static IPluginHostBuilder AddPluginHost(this IServiceCollection services, Action<PluginHostOptions> configure)
    {
        services.AddOptions<PluginHostOptions>().CheckSettings().BindConfiguration(PluginHostOptions.SectionName).Configure(configure);
        return services.AddCore();
    }

    // Before they are bound, which ends at the first value that cannot be read.
    private static OptionsBuilder<PluginHostOptions> CheckSettings(this OptionsBuilder<PluginHostOptions> options, IConfiguration? section = null) =>
        options.Configure<IConfiguration, IEnumerable<SettingsSection>>((_, configuration, sections) =>
            SettingsCheck.Require(section ?? configuration.GetSection(PluginHostOptions.SectionName), sections));

    private static IPluginHostBuilder AddCore(this IServiceCollection services)
    {
        services.AddOptions<PluginHostOptions>().PostConfigure(RelativePaths.Fix).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<PluginHostOptions>, PluginHostOptionsValidator>());
        services.AddHttpClient();
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services
            .AddHosting()
            .AddBuilding()
            .AddLoading()
            .AddHistory()
            .AddRunning()
            .AddPipeline();
        return new PluginHostBuilder(services).AddSettings<PluginHostOptions>("").AddSettings<object>("Scripts");
    }

    private static IServiceCollection AddHosting(this IServiceCollection services)
    {
        services.TryAddSingleton<DataDirectory>();
        services.TryAddSingleton<HostEvents>();
        services.TryAddSingleton<HostActivities>();
        services.TryAddSingleton<HostReadiness>();
        services.TryAddSingleton(provider => new HostProblems(() => provider.GetRequiredService<HistoryDatabase>().TakesNothing));
        services.TryAddSingleton<ChildProcess>();
        services.TryAddSingleton(new PreviousDeath(null));
        return services;
    }

    private static IServiceCollection AddBuilding(this IServiceCollection services)
    {
        services.TryAddSingleton<BuildEnvironment>();
        services.TryAddSingleton<BuildTemporary>();
        services.TryAddSingleton<BuildServers>();
        services.TryAddSingleton<ContractPackage>();
        services.TryAddSingleton<DotnetSdk>();
        services.TryAddSingleton<BuildCommand>();
        services.TryAddSingleton<BuildStandby>();
        services.TryAddSingleton<DotnetBuild>();
        services.TryAddSingleton<PluginBuilder>();
        services.TryAddSingleton<BuildLogs>();
        services.TryAddSingleton<ArtifactCatalog>();
        services.TryAddSingleton<ArtifactStore>();
        services.TryAddSingleton<ISharedArtifacts, NoSharedArtifacts>();
        services.TryAddSingleton<ProjectScanner>();
        services.TryAddSingleton<ChangePlanner>();
        return services;
    }

    private static IServiceCollection AddLoading(this IServiceCollection services)
    {
        services.TryAddSingleton<SharedServices>();
        services.TryAddSingleton<SharedAssemblies>();
        services.TryAddSingleton<PrivateAssemblies>();
        services.TryAddSingleton<AssemblyInspector>();
        services.TryAddSingleton<ScriptServicesFactory>();
        services.TryAddSingleton<IsolationPolicy>();
        services.TryAddSingleton<ScriptValidator>();
        services.TryAddSingleton<StoredScripts>();
        services.TryAddSingleton<PluginContexts>();
        services.TryAddSingleton<PluginLoading>();
        services.TryAddSingleton<LeakedVersions>();
        services.TryAddSingleton<LeakInspector>();
        services.TryAddSingleton<LiveRegistry>();
        services.TryAddSingleton<DrainingVersions>();
        return services.AddHosted<UnloadWatch>().AddHosted<LoadJournal>();
    }

    private static IServiceCollection AddHistory(this IServiceCollection services)
    {
        services.TryAddSingleton<HistoryDatabase>(provider => new SqliteDatabase(provider.GetRequiredService<DataDirectory>()));
        services.TryAddSingleton(provider => new NodeDatabase(provider.GetRequiredService<HistoryDatabase>()));
        services.TryAddSingleton<RunStore>();
        services.TryAddSingleton(provider => new DeploymentStore(provider.GetRequiredService<NodeDatabase>().Database));
        services.TryAddSingleton(provider => new LivePluginStore(provider.GetRequiredService<NodeDatabase>().Database));
        services.TryAddSingleton<ScriptStateStore>();
        services.TryAddSingleton<ScheduleStore>();
        services.TryAddSingleton<ScheduleOverrideStore>();
        services.TryAddSingleton<OccurrenceStore>();
        services.TryAddSingleton<OccurrenceCalendar>();
        services.TryAddSingleton<ScriptValueStore>();
        services.TryAddSingleton<PinStore>();
        services.TryAddSingleton<CrashStore>();
        services.TryAddSingleton<LoadCrashStore>();
        services.TryAddSingleton<HistorySweep>();
        services.TryAddSingleton(provider => new AccessKeyStore(provider.GetRequiredService<NodeDatabase>().Database, provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<IAuditLog, AuditStore>();
        return services;
    }

    // Hosted services start in this order and stop in the reverse one: first no new code, then no new runs, then the
    // runs that are under way.
    private static IServiceCollection AddRunning(this IServiceCollection services)
    {
        services.TryAddSingleton(provider => new SingleNode(provider.GetRequiredService<IOptions<PluginHostOptions>>().Value.NodeLabels));
        services.TryAddSingleton<IRunPlacement>(provider => provider.GetRequiredService<SingleNode>());
        services.TryAddSingleton<IOtherNodes>(provider => provider.GetRequiredService<SingleNode>());
        services.TryAddSingleton<ISharedPlaces>(NoSharedPlaces.Instance);
        services.TryAddSingleton<Quarantines>();
        services.TryAddSingleton<SafeMode>();
        services.TryAddSingleton<SelfStarts>();
        services.TryAddSingleton<RunLogs>();
        services.TryAddSingleton<RunMetrics>();
        services.TryAddSingleton<ConsoleCapture>();
        services.TryAddSingleton<StopGrace>();
        services.TryAddSingleton<ScriptInvoker>();
        services.TryAddSingleton<InProcessRunner>();
        services.TryAddSingleton<WorkerCommand>();
        services.TryAddSingleton<WorkerLimits>();
        services.TryAddSingleton<Workers>();
        services.TryAddSingleton<IIsolatedRunner, WorkerRunner>();
        services.TryAddSingleton<ScriptThreads>();
        services.TryAddSingleton<ProcessGlobals>();
        services.TryAddSingleton<RunExecutor>();
        services.TryAddSingleton<RunFactory>();
        services.TryAddSingleton<SecretParameters>();
        services.TryAddSingleton<RecentRuns>();
        services.TryAddSingleton<LastRuns>();
        services.TryAddSingleton<RunLimits>();
        services.TryAddSingleton<RunSuccessors>();
        services.TryAddSingleton<RunEnds>();
        services.TryAddSingleton<RunLifecycle>();
        services.TryAddSingleton<IWantedVersions>(provider => provider.GetRequiredService<RunLifecycle>());
        services.TryAddSingleton<RunRequests>();
        services.TryAddSingleton<EffectiveSchedules>();
        services.TryAddSingleton<ScheduleKeeper>();
        services.TryAddSingleton<ScheduleWriter>();
        services.TryAddSingleton<ScheduleParameters>();
        services.TryAddSingleton<ScheduleGate>();
        services.TryAddSingleton<ScheduleService>();
        services.TryAddSingleton<StoredScheduleCheck>();
        services.TryAddSingleton<ScheduleOutlooks>();
        services.TryAddSingleton<IStoredVersions, StoredVersions>();
        return services.AddHosted<UnhandledExceptions>().AddHosted<ThreadPoolRelief>().AddHosted<LeftProcesses>().AddHosted<RunService>().AddScheduleEngine().AddHosted<ScheduleWatch>();
    }

    private static IServiceCollection AddPipeline(this IServiceCollection services)
    {
        services.TryAddSingleton<DeploymentQueue>();
        services.TryAddSingleton<DeploymentTelemetry>();
        services.TryAddSingleton<DeploymentReceipts>();
        services.TryAddSingleton<ArtifactKeeper>();
        services.TryAddSingleton<ReusedBuilds>();
        services.TryAddSingleton<SharedBuilds>();
        services.TryAddSingleton<PinnedBuilds>();
        services.TryAddSingleton<INodeLabels, OwnLabels>();
        services.TryAddSingleton<PlacementAdvice>();
        services.TryAddSingleton<CandidateLoader>();
        services.TryAddSingleton<DrainLimit>();
        services.TryAddSingleton<PluginSwapper>();
        services.TryAddSingleton<PluginStates>();
        services.TryAddSingleton<DeploymentPipeline>();
        services.TryAddSingleton<LastGoodVersions>();
        services.TryAddSingleton<SourceWatchers>();
        services.TryAddSingleton<Rollback>();
        services.TryAddSingleton<VersionRetention>();
        services.TryAddSingleton<HostSummary>();
        services.TryAddSingleton<SettingsInForce>();
        services.TryAddSingleton<HostDetailsReader>();
        services.TryAddSingleton<CommitFiles>();
        services.TryAddSingleton<VersionSources>();
        services.TryAddSingleton<INodes, OneNode>();
        services.TryAddSingleton<IPluginHost, Hosting.PluginHostFacade>();
        return services.AddHosted<LiveSettings>().AddHosted<DeploymentWorker>().AddHosted<BuildWarmer>().AddHosted<LogRetention>().AddHosted<HistoryRetention>().AddHosted<HostMetrics>();
    }

    private static IServiceCollection AddScheduleEngine(this IServiceCollection services)
    {
        services.TryAddSingleton<IScheduleEngine, Scheduler>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, IScheduleEngine>(provider => provider.GetRequiredService<IScheduleEngine>()));
        return services;
    }

    private static IServiceCollection AddHosted<T>(this IServiceCollection services) where T : class, IHostedService
    {
        services.TryAddSingleton<T>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, T>(provider => provider.GetRequiredService<T>()));
        return services;
    }
}
