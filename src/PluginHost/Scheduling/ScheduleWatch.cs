using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PluginHost.Crashes;
using PluginHost.History;
using PluginHost.Hosting;
using PluginHost.Scripts;
using PluginHost.Swapping;

namespace PluginHost.Scheduling;

/// <summary>Asks the ledger on disk whether the scheduler does its work: of each schedule, whether the last time that was due is accounted for.</summary>
internal sealed partial class ScheduleWatch : BackgroundService
{
    private const string Problem = "schedules";
    private const string NoNode = "placement";

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly LiveRegistry _live;
    private readonly EffectiveSchedules _schedules;
    private readonly ScheduleOverrideStore _overrides;
    private readonly ScheduleStore _store;
    private readonly SelfStarts _selfStarts;
    private readonly INodeLabels _nodes;
    private readonly HostProblems _problems;
    private readonly TimeProvider _time;
    private readonly ILogger<ScheduleWatch> _logger;
    private int _overdue;

    public ScheduleWatch(
        LiveRegistry live, EffectiveSchedules schedules, ScheduleOverrideStore overrides, ScheduleStore store, SelfStarts selfStarts, INodeLabels nodes, HostProblems problems, IMeterFactory meters, TimeProvider time,
        ILogger<ScheduleWatch> logger)
    {
        (_live, _schedules, _overrides, _store, _selfStarts, _nodes, _problems, _time, _logger) = (live, schedules, overrides, store, selfStarts, nodes, problems, time, logger);
        meters.Create(PluginHostTelemetry.MeterName).CreateObservableGauge(
            "pluginhost.schedule.overdue", () => _overdue, "{schedule}", "Schedules with a time that was due a minute ago and is not accounted for.");
    }

    /// <summary>Looks now.</summary>
    public void Look()
    {
        var marks = new StoredMarks(_store.GetAll());
        var until = _time.GetUtcNow() - Interval;
        var labels = _nodes.OfNodesUp ?? [];
        var atWork = _live.Current.Scripts.Values.Where(script => !_selfStarts.AreHeld(script.Descriptor.Id)).ToLookup(script => NodeLabels.Suffice(labels, script.Descriptor.NodeLabel));
        var overdue = (
            from script in atWork[true]
            let known = marks.Take(script.Descriptor.Id)
            let since = Since(script)
            from schedule in _schedules.Of(script.Descriptor)
            let accounted = known.TryGetValue(schedule.Key, out var mark) ? mark + schedule.Offset : since
            let due = schedule.NextAfter(accounted)
            where due <= until
            orderby due
            select (Script: script.Descriptor.Id, schedule.Cron, Due: due.Value)).ToList();
        _overdue = overdue.Count;

        var problem = overdue is [var first, ..]
            ? $"{overdue.Count} schedules are behind, first '{first.Cron}' of script '{first.Script}', which was due at {first.Due:u}. Their runs have not started. Look at the host's log and at the data directory: is its disk full, slow or read-only?"
            : null;
        Tell(Problem, problem);
        var noNode = atWork[false].Select(script => script.Descriptor).Where(script => _schedules.Of(script).Count > 0).OrderBy(script => script.Id, StringComparer.OrdinalIgnoreCase).ToList();
        Tell(NoNode, noNode is [var waiting, ..]
            ? $"The schedules of {noNode.Count} scripts start nothing, because no node that is up has the label that they need: '{waiting.NodeLabel}' for '{waiting.Id}', first (labels there are: {NodeLabels.List(labels)}). See PluginHost:NodeLabels."
            : null);
    }

    private void Tell(string name, string? problem)
    {
        if (_problems.Set(name, problem) && problem is not null)
        {
            LogBehind(problem);
        }
    }

    /// <summary>From when on a schedule counts of which the ledger knows nothing: it may have begun when an operator changed something.</summary>
    private DateTimeOffset Since(LiveScript script) =>
        _overrides.ChangedAt(script.Descriptor.Id) is { } changed && changed > script.Plugin.Since ? changed : script.Plugin.Since;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, _time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                Look();
            }
            catch (Exception failure)
            {
                // What cannot be asked may be what is wrong.
                LogFailed(failure);
                _problems.Set(Problem, $"Whether the schedules are kept cannot be told: {failure.Message} Look at the data directory.");
            }
        }
    }

    [LoggerMessage(EventId = 610, Level = LogLevel.Error, Message = "{Problem}")]
    private partial void LogBehind(string problem);

    [LoggerMessage(EventId = 611, Level = LogLevel.Error, Message = "Whether the schedules are kept cannot be told.")]
    private partial void LogFailed(Exception failure);
}
