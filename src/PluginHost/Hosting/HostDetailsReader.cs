using PluginHost.Building;
using PluginHost.Pipeline;
using PluginHost.Swapping;

namespace PluginHost.Hosting;

/// <summary>Asks the parts what the host is made of at present.</summary>
internal sealed class HostDetailsReader(BuildServers servers, HostActivities activities, LiveRegistry live, PluginStates plugins, SettingsInForce settings)
{
    private const string BuildStage = "build";

    public HostDetails Read() => new(
        servers.Describe(activities.Current.Any(activity => activity.Stage == BuildStage)),
        [.. plugins.All.SelectMany(ContextsOf)],
        settings.Read());

    private IEnumerable<ContextInfo> ContextsOf(PluginInfo plugin) =>
    [
        .. live.Current.Plugins.TryGetValue(plugin.Id, out var current)
            ? [new ContextInfo(plugin.Id, current.Version.Id, current.Version.IsLoaded ? ContextState.Live : ContextState.Waiting, current.Since, current.Version.ActiveRuns)]
            : (ContextInfo[])[],
        .. plugin.Draining.Select(draining => new ContextInfo(plugin.Id, draining.Version, ContextState.Draining, draining.Since, draining.ActiveRuns)),
        .. plugin.Leaked.Select(leaked => new ContextInfo(plugin.Id, leaked.Version, ContextState.Leaked, leaked.Since, 0)),
    ];
}
