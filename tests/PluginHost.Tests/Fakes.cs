using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using PluginHost.Artifacts;
using PluginHost.Hosting;
using PluginHost.Sources;

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
        return new Source("default", options, folder, activities ?? Activities(), time ?? TimeProvider.System, logger ?? NullLogger<Source>.Instance);
    }

    public static ArtifactStore ArtifactStore(DataDirectory data, ArtifactCatalog catalog) =>
        new(data, catalog, NullLogger<ArtifactStore>.Instance);
}
