using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using PluginHost.Cluster.Nodes;
using PluginHost.Cluster.Postgres;
using PluginHost.Crashes;
using PluginHost.Scheduling;
using PluginHost.Scripts;
using PluginHost.Swapping;
using Quartz;

namespace PluginHost.Cluster.Scheduling;

/// <summary>The schedules by Quartz.NET, which decides on which node each due time has its turn: on one that has the version whose schedules count.</summary>
internal sealed partial class QuartzEngine : BackgroundService, IScheduleEngine
{
    // A turn is a transaction: more at once only wait for each other.
    private const int Threads = 10;

    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(2);

    private readonly Channel<Func<CancellationToken, Task>> _work = Channel.CreateUnbounded<Func<CancellationToken, Task>>(new() { SingleReader = true });
    private readonly LiveRegistry _live;
    private readonly EffectiveSchedules _schedules;
    private readonly ScheduleTurns _turns;
    private readonly ScheduleMarks _marks;
    private readonly ScheduleTriggers _triggers;
    private readonly Claims _claims;
    private readonly Node _node;
    private readonly SafeMode _safeMode;
    private readonly PostgresSource _source;
    private readonly ClusterOptions _options;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger<QuartzEngine> _logger;

    // By the content key of what is live here, the one by which it counts: that of another node's build, if that gave the
    // same bytes. Used by the work alone, one after the other.
    private readonly Dictionary<(string Plugin, string ContentKey), string> _countsBy = [];
    private IScheduler? _scheduler;

    public QuartzEngine(
        LiveRegistry live, EffectiveSchedules schedules, ScheduleTurns turns, ScheduleMarks marks, ScheduleTriggers triggers, Claims claims, Node node, SafeMode safeMode, PostgresSource source,
        IOptions<ClusterOptions> options, TimeProvider time, ILoggerFactory loggers, ILogger<QuartzEngine> logger)
    {
        (_live, _schedules, _turns, _marks, _triggers, _claims, _node, _safeMode, _source) = (live, schedules, turns, marks, triggers, claims, node, safeMode, source);
        (_options, _time, _loggers, _logger) = (options.Value, time, loggers, logger);
        live.Swapped += Rebuild;
    }

    public void Resumed(string scriptId) => Do(token => _turns.ResumeAsync(scriptId, token));

    /// <remarks>Meanwhile the other nodes gave the schedules their turns, so there is nothing to catch up but what has nobody else.</remarks>
    public void SafeModeLeft() => Do(LimitAsync);

    public void Changed(string scriptId) => Do(async token =>
    {
        if (_live.Current.Scripts.TryGetValue(scriptId, out var script) && await CountsAsync(script.Plugin, isNewHere: false, token))
        {
            await SetAsync(script.Plugin, script.Descriptor, token);
        }
    });

    /// <summary>Nodes have come or gone, or take turns no more: the schedules of a version that only they had are no longer those that count.</summary>
    public void Reconsider() => Do(async token =>
    {
        foreach (var plugin in _live.Current.Plugins.Values)
        {
            await ClaimAsync(plugin, null, isNewHere: false, token);
        }
    });

    /// <summary>This node takes turns, or no more: see <see cref="Node.Fence"/> and <see cref="Node.IsDraining"/>.</summary>
    public void FenceChanged() => Do(LimitAsync);

    public IReadOnlyDictionary<string, DateTimeOffset> DueTimes(string scriptId)
    {
        var now = _time.GetUtcNow();
        return _live.Current.Scripts.TryGetValue(scriptId, out var script)
            ? _schedules.Of(script.Descriptor).Select(schedule => (schedule.Key, Due: schedule.NextAfter(now))).Where(next => next.Due is not null)
                .ToDictionary(next => next.Key, next => next.Due!.Value, StringComparer.Ordinal)
            : new Dictionary<string, DateTimeOffset>();
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        _scheduler = await BuildAsync(cancellationToken);
        await LimitAsync(cancellationToken);
        await _scheduler.AddJob(JobBuilder.Create<ScheduleJob>().WithIdentity(ScheduleJob.Key).StoreDurably().RequestRecovery().Build(), AddJobOptions.Replacing, cancellationToken);
        await _scheduler.Start(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (_scheduler is not null)
        {
            await _scheduler.Shutdown(waitForJobsToComplete: true, cancellationToken);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var work in _work.Reader.ReadAllAsync(stoppingToken))
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                try
                {
                    await work(stoppingToken);
                    break;
                }
                catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
                {
                    // In its order, and until it succeeds: each change builds on those before it.
                    LogFailed(failure, Retry);
                    await Task.Delay(Retry, _time, stoppingToken);
                }
            }
        }
    }

    private void Rebuild(LiveSnapshot before, LiveSnapshot snapshot) => Do(async token =>
    {
        await LimitAsync(token);
        foreach (var plugin in snapshot.Plugins.Values)
        {
            var old = before.Plugins.GetValueOrDefault(plugin.Id);
            if (!ReferenceEquals(old, plugin))
            {
                await ClaimAsync(plugin, old, isNewHere: old is not null, token);
            }
        }

        foreach (var replaced in before.Plugins.Values.Where(plugin => snapshot.Plugins.GetValueOrDefault(plugin.Id)?.Version.Artifact.ContentKey != plugin.Version.Artifact.ContentKey))
        {
            _countsBy.Remove((replaced.Id, replaced.Version.Artifact.ContentKey));
        }

        foreach (var gone in before.Plugins.Values.Where(plugin => !snapshot.Plugins.ContainsKey(plugin.Id)))
        {
            if (await _claims.ReleaseAsync(gone.Id, token))
            {
                await RemoveAsync(gone.Version.Scripts.Where(script => !snapshot.Scripts.ContainsKey(script.Id)), token);
            }
        }
    });

    private async Task ClaimAsync(LivePlugin plugin, LivePlugin? old, bool isNewHere, CancellationToken cancellationToken)
    {
        if (!await CountsAsync(plugin, isNewHere, cancellationToken))
        {
            LogOther(plugin.Id, plugin.Version.Id);
            return;
        }

        foreach (var script in plugin.Version.Scripts)
        {
            await SetAsync(plugin, script, cancellationToken);
        }

        await RemoveAsync(old?.Version.Scripts.Where(script => plugin.Version.FindScript(script.Id) is null && !_live.Current.Scripts.ContainsKey(script.Id)) ?? [], cancellationToken);
    }

    private async Task<bool> CountsAsync(LivePlugin plugin, bool isNewHere, CancellationToken cancellationToken)
    {
        var before = GroupOf(plugin);
        if (await _claims.TryAsync(plugin, isNewHere, cancellationToken) is not { } contentKey)
        {
            return false;
        }

        _countsBy[(plugin.Id, plugin.Version.Artifact.ContentKey)] = contentKey;
        if (GroupOf(plugin) != before)
        {
            await LimitAsync(cancellationToken);
        }

        return true;
    }

    private Task SetAsync(LivePlugin plugin, ScriptDescriptor script, CancellationToken cancellationToken) => SetAsync(script.Id, GroupOf(plugin), _schedules.Of(script), cancellationToken);

    /// <summary>The marks first: what the triggers know of schedules that go is needed for them, also when this is begun again.</summary>
    private async Task SetAsync(string script, string? group, IReadOnlyList<ScheduleDescriptor> wanted, CancellationToken cancellationToken)
    {
        var before = await ScheduleTriggers.OfAsync(_scheduler!, script, cancellationToken);
        await _marks.SetAsync(script, wanted, ScheduleTriggers.Schedules(before), cancellationToken);
        await _triggers.SetAsync(_scheduler!, script, group, wanted, before, cancellationToken);
    }

    private async Task RemoveAsync(IEnumerable<ScriptDescriptor> scripts, CancellationToken cancellationToken)
    {
        foreach (var script in scripts)
        {
            await SetAsync(script.Id, null, [], cancellationToken);
        }
    }

    /// <summary>Quartz gives this node the turns of what is live on it, and of nothing else.</summary>
    private async Task LimitAsync(CancellationToken cancellationToken)
    {
        var limits = ExecutionLimitsBuilder.Create().ForOtherGroups(0);
        foreach (var plugin in _node.Fence is null && !_node.IsDraining && !_safeMode.IsOn ? _live.Current.Plugins.Values : [])
        {
            limits.ForGroup(GroupOf(plugin), Threads);
        }

        await _scheduler!.SetExecutionLimits(limits.Build(), cancellationToken);
    }

    private string GroupOf(LivePlugin plugin) => $"{plugin.Id.ToLowerInvariant()}@{_countsBy.GetValueOrDefault((plugin.Id, plugin.Version.Artifact.ContentKey), plugin.Version.Artifact.ContentKey)}";

    private ValueTask<IScheduler> BuildAsync(CancellationToken cancellationToken) => QuartzSchedulerBuilder.Create(quartz =>
    {
        quartz.Services.AddSingleton(_loggers);
        quartz.UseTimeProvider(_time);
        quartz.UseDefaultThreadPool(Threads);
        quartz.AddJobType(_ => new ScheduleJob(_turns));
        quartz.ConfigureScheduler(scheduler =>
        {
            (scheduler.InstanceName, scheduler.InstanceId) = ("pluginhost", _node.Id);
            (scheduler.MaxBatchSize, scheduler.IdleWaitTime, scheduler.BatchTriggerAcquisitionFireAheadTimeWindow) = (Threads, TimeSpan.FromSeconds(1), TimeSpan.Zero);
        });
        quartz.UsePersistentStore(store =>
        {
            store.UsePostgres(NpgsqlFactory.Instance, new NpgsqlConnectionStringBuilder(_source.Settings.ConnectionString) { ApplicationName = "PluginHost schedules", MaxPoolSize = Threads + 5 }.ConnectionString);
            store.UseTriggerPersistenceDelegate(_ => new CronosTriggerPersistence(_time));
            store.ConfigureStore(options =>
            {
                (options.TablePrefix, options.StoreJobDataAsStrings, options.SchemaProvisioning) = ("qrtz_", true, SchemaProvisioning.Validate);
                (options.CommandTimeout, options.DbRetryInterval) = (TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(1));
            });
            store.UseClustering(cluster => (cluster.CheckinInterval, cluster.CheckinMisfireThreshold) = (TimeSpan.FromSeconds(1), _options.NodeTimeout));
        });
    }).BuildScheduler(cancellationToken);

    private void Do(Func<CancellationToken, Task> work) => _work.Writer.TryWrite(work);

    [LoggerMessage(EventId = 623, Level = LogLevel.Error, Message = "The schedules could not be told to the cluster; it is tried again in {Pause}. Until then they are as they were. Is the database there?")]
    private partial void LogFailed(Exception failure, TimeSpan pause);

    [LoggerMessage(EventId = 624, Level = LogLevel.Information, Message = "Plugin '{PluginId}' is live here with version '{Version}', and another node has the version whose schedules count, so this one takes none of its due times until it has that, too.")]
    private partial void LogOther(string pluginId, string version);
}
