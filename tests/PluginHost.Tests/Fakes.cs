using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using PluginHost.Artifacts;
using PluginHost.Cluster.Nodes;
using PluginHost.Cluster.Postgres;
using PluginHost.Cluster.Runs;
using PluginHost.Hosting;
using PluginHost.Loading;
using PluginHost.Planning;
using PluginHost.Processes;
using PluginHost.Running;
using PluginHost.Sources;
using PluginHost.Swapping;

namespace PluginHost.Tests;

/// <summary>The small parts that many tests need, built as the host builds them.</summary>
internal static class Make
{
    public static DataDirectory DataDirectory(string path) =>
        new(Options.Create(new PluginHostOptions { DataDirectory = path }));

    public static HostActivities Activities() => new(new HostEvents(), TimeProvider.System, NullLogger<HostActivities>.Instance);

    public static Source Source(
        string url, string folder, Action<SourceOptions>? configure = null,
        HostActivities? activities = null, TimeProvider? time = null, ILogger<Source>? logger = null)
    {
        var options = new SourceOptions { Url = url };
        configure?.Invoke(options);
        return new Source("default", options, folder, activities ?? Activities(), new ChildProcess(TimeProvider.System), time ?? TimeProvider.System, logger ?? NullLogger<Source>.Instance);
    }

    /// <summary>A build of plugin <c>A</c>, as far as a test looks at one; what it looks at it sets itself.</summary>
    public static PluginArtifact Artifact(string contentKey) => new()
    {
        PluginId = "A", Source = "default", Project = "plugins/A/A.csproj", ContentKey = contentKey, Commit = new string('c', 40),
        Author = "", Message = "", BuiltAt = default, AssemblyFile = "A.dll", OutputHash = "",
        Inputs = new InputManifest { Files = [], Folders = [], Environment = "" },
    };

    public static DrainingVersions DrainingVersions() => new(
        new UnloadWatch(LeakedVersions(), Options.Create(new PluginHostOptions()), TimeProvider.System, NullLogger<UnloadWatch>.Instance), TimeProvider.System);

    public static RunFactory RunFactory(string node = "node") => new(Options.Create(new PluginHostOptions { NodeName = node }), TimeProvider.System);

    public static ClusterPlaces Places(Node node, PostgresDatabase database, PostgresSource source, LiveRegistry? live = null, ClusterOptions? options = null) =>
        new(database, node, live ?? new LiveRegistry(), source, Options.Create(options ?? new ClusterOptions()), TimeProvider.System);

    public static LeakedVersions LeakedVersions(PluginHostOptions? options = null, HostProblems? problems = null) => new(
        new HostEvents(), problems ?? new HostProblems(), Options.Create(options ?? new PluginHostOptions()), NullLogger<LeakedVersions>.Instance);

    public static ArtifactStore ArtifactStore(DataDirectory data, ArtifactCatalog catalog) =>
        new(data, catalog, NullLogger<ArtifactStore>.Instance);
}
