using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using PluginHost.Cluster.Nodes;
using PluginHost.Cluster.Postgres;
using PluginHost.Cluster.Runs;
using PluginHost.Cluster.Scheduling;
using PluginHost.Crashes;
using PluginHost.History;
using PluginHost.Hosting;
using PluginHost.Running;
using PluginHost.Scheduling;
using PluginHost.Scripts;
using PluginHost.Swapping;

namespace PluginHost.Tests.Clusters;

/// <summary>Nodes of which some have labels. The one that stores the runs, and gives the schedules their turns, is <c>plain</c> and has none.</summary>
public abstract class NodesOfKinds
{
    private readonly LiveRegistry _live = new();
    private readonly ObservedClock _time = new();
    private PostgresDatabase _database = null!;
    private PostgresSource _source = null!;
    private Node _plain = null!;
    private ClusterPlacement _placement = null!;
    private ScheduleTurns? _turns;

    private protected LiveRegistry Live => _live;

    private protected PostgresDatabase Database => _database;

    private protected PostgresSource Source => _source;

    private protected ClusterPlacement Placement => _placement;

    private protected Node Plain => _plain;

    protected TimeProvider Time => _time;

    protected DateTimeOffset Now
    {
        get => _time.Now;
        set => _time.Now = value;
    }

    [SetUp]
    public void Open()
    {
        _source = new PostgresSource(SharedPostgres.ConnectionString, $"test_{Guid.NewGuid():n}");
        _database = new PostgresDatabase(_source);
        _plain = NodeOf("plain");
        _turns = null;
        _placement = new ClusterPlacement(_plain, _live, Schedules, Make.RunFactory("plain"), Places, _source);
        var scripts = ScriptReader.Read("A", [typeof(OnGpu), typeof(Everywhere), typeof(OnEveryGpu), typeof(OnGpuOrNever), typeof(EverywhereMadeUpFor), typeof(EverywhereAnew), typeof(AfterOnGpu)]).Scripts;
        _live.Swap(new LiveSnapshot([new LivePlugin("default", Make.DrainingVersions().Track(Make.Artifact("0123456789"), [.. scripts.Select(script => script.Descriptor)], () => throw new InvalidOperationException("It is not run.")), default)]));
    }

    [TearDown]
    public void Close()
    {
        _database.Dispose();
        _source.Dispose();
    }

    private protected EffectiveSchedules Schedules => new(new ScheduleOverrideStore(_database));

    private ClusterPlaces Places => Make.Places(_plain, _database, _source);

    private protected RunStore Store => new(_database, _placement, _time);

    private protected Orders Orders => new(_database, Ends, _plain, _source, _time);

    private WaitingEnds Ends => new(new RunSuccessors(_live, SelfStarts, Make.RunFactory("plain"), _placement, NullLogger<RunSuccessors>.Instance), _placement, _plain, _source);

    private protected ScheduleTurns Turns => _turns ??= new(
        _database, _live, Schedules, new ScheduleOverrideStore(_database), SelfStarts,
        Make.RunFactory("plain"), _placement, Orders, null!, new HostEvents(), Options.Create(new ClusterOptions()), _time, NullLogger<ScheduleTurns>.Instance);

    private protected SelfStarts SelfStarts => new(new ScriptStateStore(_database), Quarantines, new SafeMode(Options.Create(new PluginHostOptions()), new HostProblems(), new PreviousDeath((string?)null)));

    private Quarantines Quarantines => new(
        new CrashStore(_database), _live, new HostProblems(), new HostEvents(), new PreviousDeath((string?)null), Options.Create(new PluginHostOptions()), _time, NullLogger<Quarantines>.Instance);

    /// <summary>The latest first.</summary>
    protected IReadOnlyList<OccurrenceInfo> Ledger => new OccurrenceStore(_database).List(new OccurrenceQuery()).Items;

    /// <summary>The schedule of a script begins at minute 0.</summary>
    protected Task BeginAsync(string script)
    {
        _time.Now = At(0);
        return Marks.SetAsync($"A.{script}", Schedules.Of(_live.Current.Scripts[$"A.{script}"].Descriptor), [], default);
    }

    private protected ScheduleMarks Marks => new(_database, new ScriptStateStore(_database), _time);

    protected Task TurnAsync(string script, int minute)
    {
        _time.Now = At(minute);
        return Turns.TakeAsync($"A.{script}", KeyOf(script), At(minute), default);
    }

    protected Task<bool> RecoverAsync() => new NodeRecovery(
        _database, _plain, _live, Make.RunFactory("plain"), Quarantines, null!, Ends, Places, _source, new HostEvents(), Options.Create(new ClusterOptions()), Options.Create(new PluginHostOptions()), _time,
        NullLogger<NodeRecovery>.Instance).RecoverAsync(default);

    protected string KeyOf(string script) => Schedules.Of(_live.Current.Scripts[$"A.{script}"].Descriptor).Single().Key;

    protected Task<RunInfo> AddAsync(string script, RunTrigger trigger) => Store.AddAsync(Make.RunFactory("plain").Create(_live.Current.Scripts[$"A.{script}"], trigger), null, default);

    protected async Task<string> RegisterAsync(string name, params string[] labels)
    {
        var node = NodeOf(name);
        await _database.WriteAsync(
            connection =>
            {
                NodeStore.Register(connection, node.Id, node.Incarnation, new NodeReport("0.1.0", 0, 0, 0, [.. _live.Current.Plugins.Values.Select(LiveOnNode.Of)]) { Labels = labels });

                // It is not silent, however slow the test.
                return connection.Run("UPDATE nodes SET last_check_in = last_check_in + 600000 WHERE id = @id", ("@id", node.Id));
            },
            default);
        return name;
    }

    protected async Task DrainAsync(string node) => Assert.That(await new NodeStore(_database).SetDrainingAsync(node, true, default), Is.True);

    protected static DateTimeOffset At(int minute) => new(2026, 1, 1, 12, minute, 0, TimeSpan.Zero);

    private static Node NodeOf(string name) => new(Options.Create(new PluginHostOptions { NodeName = name }));

    [Script(NodeLabel = "gpu"), Schedule("* * * * *")]
    public sealed class OnGpu : IScript
    {
        public Task RunAsync(ScriptContext context, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    [Script(RunOn = RunOn.EveryNode, RerunWhenLost = true), Schedule("* * * * *")]
    public sealed class Everywhere : IScript
    {
        public Task RunAsync(ScriptContext context, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    [Script(RunOn = RunOn.EveryNode, NodeLabel = "gpu")]
    public sealed class OnEveryGpu : IScript
    {
        public Task RunAsync(ScriptContext context, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    [Script(NodeLabel = "gpu"), Schedule("* * * * *", CatchUp = CatchUpPolicy.None)]
    public sealed class OnGpuOrNever : IScript
    {
        public Task RunAsync(ScriptContext context, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    [Script(RunOn = RunOn.EveryNode), Schedule("* * * * *", CatchUp = CatchUpPolicy.All, CatchUpWindow = "3:00:00")]
    public sealed class EverywhereMadeUpFor : IScript
    {
        public Task RunAsync(ScriptContext context, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    [Script(RunOn = RunOn.EveryNode), Schedule("* * * * *", Overlap = OverlapPolicy.CancelPrevious)]
    public sealed class EverywhereAnew : IScript
    {
        public Task RunAsync(ScriptContext context, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    [RunAfter("A.OnGpu", On = RunAfterOutcome.Any)]
    public sealed class AfterOnGpu : IScript
    {
        public Task RunAsync(ScriptContext context, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class ObservedClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = At(0);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
