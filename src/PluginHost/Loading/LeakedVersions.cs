using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PluginHost.Artifacts;
using PluginHost.Hosting;

namespace PluginHost.Loading;

/// <summary>Versions that were unloaded: those that may still leave memory, and those that stay.</summary>
internal sealed partial class LeakedVersions
{
    // After so many full collections a context that could leave has left: two are enough, three with finalizers.
    private const int CollectionsAllowed = 4;

    private const string Reason =
        "Something outside the plugin still holds it: a timer or thread that the plugin left running, an event of the host or of the runtime that it subscribed to, or a cache of a library.";

    private readonly HostEvents _events;
    private readonly HostProblems _problems;
    private readonly UnloadOptions _options;
    private readonly ILogger<LeakedVersions> _logger;
    private readonly Lock _lock = new();
    private readonly List<UnloadedVersion> _watched = [];

    public LeakedVersions(HostEvents events, HostProblems problems, IOptions<PluginHostOptions> options, ILogger<LeakedVersions> logger)
    {
        (_events, _problems, _options, _logger) = (events, problems, options.Value.Unload, logger);
    }

    /// <summary>Versions that stay in memory, by plugin id.</summary>
    public IReadOnlyList<(string PluginId, LeakedVersion Version)> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _watched.Where(version => version.IsLeaked).Select(version => (version.PluginId, Describe(version)))];
            }
        }
    }

    /// <summary>Whether a version may still leave by the next collections.</summary>
    public bool AnyPending
    {
        get
        {
            lock (_lock)
            {
                return _watched.Any(version => !version.IsLeaked && version.IsAlive);
            }
        }
    }

    /// <summary>How many versions were unloaded so far.</summary>
    public int Unloaded { get; private set; }

    public void Watch(UnloadedVersion version)
    {
        lock (_lock)
        {
            _watched.Add(version);
            Unloaded++;
        }
    }

    /// <summary>Why no further version of the plugin is let in now, or null.</summary>
    public PluginProblem? Refusal(PluginArtifact artifact)
    {
        var count = Count(artifact.PluginId);
        return count < _options.MaxLeaked
            ? null
            : new PluginProblem(
                ProblemStage.Load, artifact.Commit,
                $"{count} unloaded versions of {artifact.PluginId} are still in memory, and PluginHost:Unload:MaxLeaked allows {_options.MaxLeaked}, so no further one goes live. {Advice}", []);
    }

    /// <summary>A version that stays in memory, or null.</summary>
    public UnloadedVersion? Find(string pluginId, string version)
    {
        lock (_lock)
        {
            return _watched.Find(known => known.IsLeaked && known.Version == version && known.PluginId.Equals(pluginId, StringComparison.OrdinalIgnoreCase));
        }
    }

    /// <summary>Sees which have left, and which leak.</summary>
    public void Look()
    {
        List<UnloadedVersion> left, leaked;
        lock (_lock)
        {
            left = [.. _watched.Where(version => !version.IsAlive)];
            _watched.RemoveAll(left.Contains);
            leaked = [.. _watched.Where(version => version.LeaksNow(CollectionsAllowed))];
        }

        leaked.ForEach(version => LogLeaked(version.PluginId, version.Version));
        Tell([.. leaked, .. left.Where(version => version.IsLeaked)]);
    }

    private const string Advice =
        "Find what holds them on the plugin's page (“Why is it still in memory?”) or by 'pluginhost why-loaded', mend it, and restart the host to free the memory.";

    private void Tell(List<UnloadedVersion> changed)
    {
        foreach (var plugin in changed.GroupBy(version => version.PluginId, StringComparer.OrdinalIgnoreCase))
        {
            var count = Count(plugin.Key);
            _problems.Set(
                $"leaked {plugin.Key}",
                count < _options.WarnAtLeaked
                    ? null
                    : $"{count} unloaded versions of plugin '{plugin.Key}' are still in memory; at {_options.MaxLeaked} (PluginHost:Unload:MaxLeaked) further ones are rejected. {Advice}");
            _events.Publish(HostEventKind.Plugin, plugin.Key);
        }
    }

    private static LeakedVersion Describe(UnloadedVersion version) => new(version.Version, version.Since, version.Explanation switch
    {
        { Roots.Count: > 0 } found => $"It is held by: {string.Join("; ", found.Roots.Select(root => root.Cause))}.",
        _ => Reason,
    }) { Roots = version.Explanation?.Roots ?? [] };

    private int Count(string pluginId)
    {
        lock (_lock)
        {
            return _watched.Count(version => version.IsLeaked && version.PluginId.Equals(pluginId, StringComparison.OrdinalIgnoreCase));
        }
    }

    [LoggerMessage(EventId = 514, Level = LogLevel.Warning, Message = "Version '{Version}' of plugin '{PluginId}' was unloaded and stays in memory: something outside it still holds it.")]
    private partial void LogLeaked(string pluginId, string version);
}
