using System.Reflection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PluginHost.Cluster.Postgres;
using PluginHost.Cluster.Scheduling;
using PluginHost.Crashes;
using PluginHost.History;
using PluginHost.Hosting;
using PluginHost.Running;
using PluginHost.Swapping;

namespace PluginHost.Cluster.Nodes;

/// <summary>Tells the others each second that this node is there, sees whether they are, and keeps this one from runs when it cannot say so.</summary>
/// <remarks>
/// On a thread and a connection of its own: scripts that fill the thread pool must not look like a dead node. A second
/// thread watches for how long nothing was heard, for the first may be waiting for a database that does not answer.
/// </remarks>
internal sealed partial class Membership(
    HistoryDatabase database, Node node, ClusterNodes nodes, ClockCheck clock, NodeRecovery recovery, QuartzEngine engine, RunService runs, LiveRegistry live, SafeMode safeMode, HostProblems problems, IOptions<ClusterOptions> options,
    TimeProvider time, ILogger<Membership> logger) : IHostedLifecycleService, IDisposable
{
    private const string Problem = "cluster";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly string HostVersion = typeof(IPluginHost).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    private readonly ManualResetEventSlim _stop = new();
    private readonly PostgresSource _source = new($"{options.Value.ConnectionString};Command Timeout=2;Timeout=2;Pooling=false", options.Value.Schema);
    private PostgresConnection? _connection;
    private readonly Lock _fencing = new();
    private Thread? _thread;
    private Thread? _watch;
    private long _heardAt;
    private long _steadySince;
    private double _offsetMs;
    private bool _isAway;
    private volatile bool _isStopping;

    /// <exception cref="ClusterException">The clock is too far off.</exception>
    public Task StartingAsync(CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            // Made first: it makes the tables.
            database.Read(connection => connection.Query("SELECT 1", _ => true));
            _connection = _source.Open();
            var best = Enumerable.Range(0, 5).Select(_ => (Offset: clock.Measure(() => Ask(_connection), out var uncertainty)!.Value, Uncertainty: uncertainty)).MinBy(measured => measured.Uncertainty);
            if (clock.Judge(best.Offset, best.Uncertainty) is { } wrong)
            {
                throw new ClusterException(wrong);
            }

            _offsetMs = best.Offset.TotalMilliseconds;
            NodeStore.Register(_connection, node.Id, node.Incarnation, Report());
            _heardAt = _steadySince = time.GetTimestamp();

            // One that was drained before it was stopped is so from its first moment.
            Hear(NodeStore.List(_connection));
            LogJoined(node.Id, best.Offset.TotalMilliseconds);
            _thread = new Thread(CheckInUntilStopped) { IsBackground = true, Name = "PluginHost check-in" };
            _watch = new Thread(WatchSilence) { IsBackground = true, Name = "PluginHost silence" };
            _thread.UnsafeStart();
            _watch.UnsafeStart();
        },
        cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>From its next check-in on, the others give this node nothing more.</summary>
    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        _isStopping = true;
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Once all runs have ended: what waits here is free for the others at once.</summary>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            _stop.Set();
            _thread?.Join();
            _watch?.Join();
            try
            {
                if (_connection is { IsBroken: false })
                {
                    NodeStore.Leave(_connection, node.Id, node.Incarnation);
                }
            }
            catch (Npgsql.NpgsqlException)
            {
                // Then they find out by its silence.
            }
        },
        CancellationToken.None);

    public void Dispose()
    {
        _connection?.Dispose();
        _source.Dispose();
        _stop.Dispose();
    }

    private void CheckInUntilStopped()
    {
        while (!_stop.Wait(Interval))
        {
            try
            {
                CheckIn();
                if (time.GetElapsedTime(_steadySince) > options.Value.NodeTimeout && recovery.RecoverAsync(CancellationToken.None).GetAwaiter().GetResult())
                {
                    engine.Reconsider();
                }
            }
#pragma warning disable CA1031 // On its thread it would end the process, and the next one may succeed.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                // Said once for each outage.
                if (!_isAway)
                {
                    LogFailed(failure);
                }

                _isAway = true;
            }
        }
    }

    private void WatchSilence()
    {
        while (!_stop.Wait(Interval / 4))
        {
            FenceIfSilent();
        }
    }

    private void CheckIn()
    {
        if (_connection is null or { IsBroken: true })
        {
            _connection?.Dispose();
            _connection = _source.Open();
        }

        var isKnown = true;
        var offset = clock.Measure(() => NodeStore.CheckIn(_connection, node.Id, node.Incarnation, Report()), out var uncertainty);
        if (offset is null)
        {
            // Taken for dead: what was here is others' now.
            isKnown = false;
            runs.Abandon();
            node.BeginAnew();
            NodeStore.Register(_connection, node.Id, node.Incarnation, Report());
            LogCameBack(node.Id);
        }
        else
        {
            _offsetMs = offset.Value.TotalMilliseconds;
        }

        // Whoever has been away, or in whose time the database was, cannot know yet who else is.
        if (!isKnown || time.GetElapsedTime(_heardAt) > Interval * 2)
        {
            _steadySince = time.GetTimestamp();
        }

        Volatile.Write(ref _heardAt, time.GetTimestamp());
        _isAway = false;
        Hear(NodeStore.List(_connection));
        Fence(offset is { } off ? clock.Judge(off, uncertainty) : null);
    }

    private void Hear(List<NodeRecord> all)
    {
        if (nodes.Heard(all))
        {
            engine.Reconsider();
        }

        if (all.Exists(other => node.Is(other.Id) && other.IsDraining) is var isDraining && isDraining != node.IsDraining)
        {
            node.IsDraining = isDraining;
            LogDraining(isDraining ? "takes no new runs, as an operator has asked, and finishes those that it has" : "takes runs again");
            engine.FenceChanged();
        }
    }

    /// <summary>Before the others take its runs for lost, they end here.</summary>
    private void FenceIfSilent()
    {
        lock (_fencing)
        {
            var silence = time.GetElapsedTime(Volatile.Read(ref _heardAt));
            if (silence <= options.Value.NodeTimeout * 0.75 || node.Fence is not null)
            {
                return;
            }

            Fence($"This node could not check in for {silence.TotalSeconds:F1} s, so the others may take it for dead. Its runs were cancelled, and it takes none until the database answers. Look at the network and at PostgreSQL.");
        }

        // Not under the lock: scripts may have something to do with it.
        runs.Abandon();
    }

    private void Fence(string? reason)
    {
        lock (_fencing)
        {
            if (problems.Set(Problem, reason) && reason is not null)
            {
                LogFenced(reason);
            }

            if (node.Fence is null != reason is null)
            {
                node.Fence = reason;
                engine.FenceChanged();
            }
        }
    }

    private NodeReport Report()
    {
        var (running, queued) = runs.Counts;
        return new NodeReport(HostVersion, running, queued, Math.Round(_offsetMs, 1), [.. live.Current.Plugins.Values.Select(LiveOnNode.Of)])
        {
            TakesTurns = node.Fence is null && !node.IsDraining && !safeMode.IsOn && !_isStopping,
            Labels = node.Labels,
        };
    }

    private static DateTimeOffset? Ask(PostgresConnection connection) => connection.Query(
        "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)", reader => (DateTimeOffset?)DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(0))).Single();

    [LoggerMessage(EventId = 1103, Level = LogLevel.Information, Message = "This is node '{NodeId}' of the cluster; its clock is {OffsetMs} ms before the database's.")]
    private partial void LogJoined(string nodeId, double offsetMs);

    [LoggerMessage(EventId = 1104, Level = LogLevel.Warning, Message = "The others had taken this node, '{NodeId}', for dead. What ran here is cancelled, and it is a node again.")]
    private partial void LogCameBack(string nodeId);

    [LoggerMessage(EventId = 1107, Level = LogLevel.Information, Message = "This node {What}.")]
    private partial void LogDraining(string what);

    [LoggerMessage(EventId = 1105, Level = LogLevel.Error, Message = "{Reason}")]
    private partial void LogFenced(string reason);

    [LoggerMessage(EventId = 1106, Level = LogLevel.Warning, Message = "This node could not check in; it tries again each second.")]
    private partial void LogFailed(Exception failure);
}
