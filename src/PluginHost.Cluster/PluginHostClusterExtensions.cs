using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using PluginHost.Artifacts;
using PluginHost.Cluster;
using PluginHost.Cluster.Builds;
using PluginHost.Cluster.Nodes;
using PluginHost.Cluster.Postgres;
using PluginHost.Cluster.Runs;
using PluginHost.Cluster.Scheduling;
using PluginHost.Cluster.Signals;
using PluginHost.History;
using PluginHost.History.Sqlite;
using PluginHost.Hosting;
using PluginHost.Running;
using PluginHost.Scheduling;

namespace PluginHost;

/// <summary>Makes a plugin host a node of a cluster.</summary>
public static class PluginHostClusterExtensions
{
    /// <summary>Makes the host one of several that share a PostgreSQL database: each due time runs on one of them, and what one shows, all show.</summary>
    /// <param name="host">The plugin host.</param>
    /// <param name="connectionString">The database; null where the section <c>PluginHost:Cluster</c> says it.</param>
    /// <returns>It.</returns>
    /// <remarks>Clones, builds and run logs stay in each node's own data directory.</remarks>
    public static IPluginHostBuilder UseCluster(this IPluginHostBuilder host, string? connectionString = null)
    {
        var services = host.Services;
        host.AddSettings<ClusterOptions>(ClusterOptions.SectionName["PluginHost:".Length..]);
        services.AddOptions<ClusterOptions>().BindConfiguration(ClusterOptions.SectionName)
            .Configure(options => options.ConnectionString = connectionString ?? options.ConnectionString).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ClusterOptions>, ClusterOptionsValidator>());
        services.AddOptions<PluginHostOptions>().PostConfigure(NodeNames.Complete);

        services.TryAddSingleton<PostgresSource>();
        services.Replace(ServiceDescriptor.Singleton<HistoryDatabase>(provider => new PostgresDatabase(provider.GetRequiredService<PostgresSource>())));
        services.Replace(ServiceDescriptor.Singleton(provider => new NodeDatabase(new SqliteDatabase(provider.GetRequiredService<DataDirectory>()))));

        services.TryAddSingleton<Node>();
        services.TryAddSingleton<NodeStore>();
        services.TryAddSingleton<ClusterNodes>();
        services.Replace(ServiceDescriptor.Singleton<INodes>(provider => provider.GetRequiredService<ClusterNodes>()));
        services.Replace(ServiceDescriptor.Singleton<INodeLabels>(provider => provider.GetRequiredService<ClusterNodes>()));
        services.TryAddSingleton<NodeRecovery>();
        services.TryAddSingleton<ClockCheck>();
        services.TryAddSingleton<Orders>();
        services.TryAddSingleton<RemoteLogs>();
        services.TryAddSingleton<RemoteProgress>();
        services.TryAddSingleton<Inbox>();
        services.TryAddSingleton<ClusterPlaces>();
        services.Replace(ServiceDescriptor.Singleton<ISharedPlaces>(provider => provider.GetRequiredService<ClusterPlaces>()));
        services.TryAddSingleton<ClusterPlacement>();
        services.Replace(ServiceDescriptor.Singleton<IRunPlacement>(provider => provider.GetRequiredService<ClusterPlacement>()));
        services.Replace(ServiceDescriptor.Singleton<IOtherNodes, OtherNodes>());

        services.TryAddSingleton<DatabaseArtifacts>();
        services.TryAddSingleton<FolderArtifacts>();
        services.Replace(ServiceDescriptor.Singleton<ISharedArtifacts>(provider => provider.GetRequiredService<IOptions<ClusterOptions>>().Value.Builds switch
        {
            { Share: false } => new NoSharedArtifacts(),
            { Folder: null } => provider.GetRequiredService<DatabaseArtifacts>(),
            _ => provider.GetRequiredService<FolderArtifacts>(),
        }));

        services.TryAddSingleton<Claims>();
        services.TryAddSingleton<ScheduleTurns>();
        services.TryAddSingleton<ScheduleMarks>();
        services.TryAddSingleton<ScheduleTriggers>();
        services.TryAddSingleton<QuartzEngine>();
        services.Replace(ServiceDescriptor.Singleton<IScheduleEngine>(provider => provider.GetRequiredService<QuartzEngine>()));

        // The node checks in before anything else begins, and the others hear from it until all has ended.
        return host.AddHosted<Membership>().AddHosted<ScheduleSweep>().AddHosted<SignalListener>().AddHosted<EventForwarder>().AddHosted<ProgressForwarder>();
    }

    private static IPluginHostBuilder AddHosted<T>(this IPluginHostBuilder host) where T : class, IHostedService
    {
        host.Services.TryAddSingleton<T>();
        host.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, T>(provider => provider.GetRequiredService<T>()));
        return host;
    }
}
