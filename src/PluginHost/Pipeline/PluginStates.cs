using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using PluginHost.Artifacts;
using PluginHost.History;
using PluginHost.Hosting;
using PluginHost.Loading;
using PluginHost.Planning;
using PluginHost.Swapping;

namespace PluginHost.Pipeline;

/// <summary>What is known of each plugin besides the live snapshot: its problem, and what was refused.</summary>
internal sealed partial class PluginStates(
    LiveRegistry live, DrainingVersions draining, LeakedVersions leaked, ArtifactCatalog artifacts, PinStore pins, HostEvents events, ILogger<PluginStates> logger)
{
    private readonly ConcurrentDictionary<string, PluginRecord> _records = new(StringComparer.OrdinalIgnoreCase);

    public IReadOnlyList<PluginInfo> All =>
        [.. _records.Values.Select(Describe).OrderBy(plugin => plugin.Id, StringComparer.OrdinalIgnoreCase)];

    public PluginInfo Get(string pluginId) =>
        _records.TryGetValue(pluginId, out var record) ? Describe(record) : throw new NotFoundException("plugin", pluginId);

    public bool HasProblem(string pluginId) => _records.TryGetValue(pluginId, out var record) && record.Rejection is not null;

    public KnownPlugins KnownTo(string source, bool withRejections)
    {
        var plugins = live.Current.Plugins.Values;
        return new KnownPlugins(
            plugins.Where(plugin => plugin.Source == source)
                .ToDictionary(plugin => plugin.Id, plugin => plugin.Version.Artifact, StringComparer.OrdinalIgnoreCase),
            plugins.Where(plugin => plugin.Source != source)
                .ToDictionary(plugin => plugin.Id, plugin => plugin.Source, StringComparer.OrdinalIgnoreCase),
            withRejections
                ? _records.Values.Where(record => record.Rejection is not null && record.Source == source)
                    .ToDictionary(record => record.Id, record => record.Rejection!, StringComparer.OrdinalIgnoreCase)
                : new Dictionary<string, Rejection>(),
            pins.All.Select(pin => artifacts.Find(pin.Plugin, pin.ContentKey)).OfType<PluginArtifact>()
                .ToDictionary(artifact => artifact.PluginId, StringComparer.OrdinalIgnoreCase))
        {
            PinnedAndGone = pins.All.Where(pin => artifacts.Find(pin.Plugin, pin.ContentKey) is null).ToDictionary(pin => pin.Plugin, pin => pin.Version, StringComparer.OrdinalIgnoreCase),
        };
    }

    /// <summary>A plugin that is live from before the restart.</summary>
    public void Restored(LivePlugin plugin) =>
        Update(new PluginRecord(plugin.Id, plugin.Source, plugin.Version.Artifact.Project, null, false));

    /// <summary>A stored version that was live before the restart and cannot be loaded now.</summary>
    public void RestoreFailed(string pluginId, string source, string project, PluginProblem problem) =>
        Update(new PluginRecord(pluginId, source, project, new Rejection(null, problem), false));

    /// <summary>The plan is made: new plugins are shown from now on.</summary>
    public void Expect(ChangePlan plan)
    {
        foreach (var planned in plan.Plugins.Where(planned => !_records.TryGetValue(planned.PluginId, out var known) || known.Removed))
        {
            Update(new PluginRecord(planned.PluginId, plan.Snapshot.Source, planned.Project, null, false));
        }
    }

    /// <summary>The newest commit of a source is refused as a whole: whatever it would change keeps its last good version.</summary>
    public void Refuse(string source, PluginProblem problem)
    {
        foreach (var record in _records.Values.Where(record => record.Source == source && !record.Removed))
        {
            Update(record with { Rejection = new Rejection(null, problem) });
        }
    }

    /// <summary>The deployment is done: what was refused has a problem, everything else has none.</summary>
    public void Settle(ChangePlan plan, IReadOnlyList<Candidate> candidates)
    {
        foreach (var candidate in candidates)
        {
            // Another source's plugin of the same name keeps its record.
            if (_records.TryGetValue(candidate.PluginId, out var known) && known.Source != plan.Snapshot.Source && live.Current.Plugins.ContainsKey(candidate.PluginId))
            {
                continue;
            }

            if (candidate.Problem is not null && candidate.Problem != known?.Rejection?.Problem)
            {
                LogRejected(candidate.PluginId, live.Current.Plugins.GetValueOrDefault(candidate.PluginId)?.Version.Id ?? "none", candidate.Problem.Message);
            }

            // A restore can fail because of the network; the next commit is worth a try whatever it changes.
            var rejection = candidate.Problem is { } problem
                ? new Rejection(problem.Stage == ProblemStage.Restore ? null : candidate.Inputs, problem)
                : null;
            Update(new PluginRecord(candidate.PluginId, plan.Snapshot.Source, candidate.Planned.Project, rejection, false));
        }

        var present = candidates.Select(candidate => candidate.PluginId).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var gone in _records.Values.Where(record => record.Source == plan.Snapshot.Source && !record.Removed && !present.Contains(record.Id)))
        {
            Update(gone with { Rejection = null, Removed = true });
        }
    }

    private void Update(PluginRecord record)
    {
        var known = _records.GetValueOrDefault(record.Id);
        _records[record.Id] = record;
        if (known != record)
        {
            events.Publish(HostEventKind.Plugin, record.Id);
        }
    }

    private PluginInfo Describe(PluginRecord record)
    {
        var plugin = live.Current.Plugins.GetValueOrDefault(record.Id);
        return new PluginInfo(
            record.Id,
            record.Source,
            record.Project,
            State(record, plugin is not null),
            plugin is null ? null : new LiveVersionInfo(plugin.Version.Id, plugin.Version.Commit, plugin.Since),
            pins.Find(record.Id) is { } pin ? new PinInfo(pin.Version, pin.By, pin.At) : null,
            record.Rejection?.Problem,
            draining.Of(record.Id),
            [.. draining.GivenUpOn(record.Id), .. leaked.All.Where(leak => leak.PluginId.Equals(record.Id, StringComparison.OrdinalIgnoreCase)).Select(leak => leak.Version)]) { Abandoned = draining.AbandonedRunsOf(record.Id, plugin?.Version) };
    }

    private static PluginState State(PluginRecord record, bool isLive) => (record, isLive) switch
    {
        ({ Removed: true }, _) => PluginState.Removed,
        ({ Rejection: not null }, true) => PluginState.Degraded,
        ({ Rejection: not null }, false) => PluginState.Failed,
        (_, true) => PluginState.Live,
        (_, false) => PluginState.Building,
    };

    [LoggerMessage(EventId = 506, Level = LogLevel.Warning, Message = "Plugin '{PluginId}' was rejected; live stays: {LiveVersion}. {Problem}")]
    private partial void LogRejected(string pluginId, string liveVersion, string problem);

    private sealed record PluginRecord(string Id, string Source, string Project, Rejection? Rejection, bool Removed);
}
