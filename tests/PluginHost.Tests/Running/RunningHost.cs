using System.Data.Common;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using PluginHost.Artifacts;
using PluginHost.Crashes;
using PluginHost.History;
using PluginHost.History.Sqlite;
using PluginHost.Hosting;
using PluginHost.Isolation;
using PluginHost.Loading;
using PluginHost.Pipeline;
using PluginHost.Planning;
using PluginHost.Processes;
using PluginHost.Running;
using PluginHost.Scheduling;
using PluginHost.Scripts;
using PluginHost.Swapping;
using PluginHost.Telemetry;
using PluginHost.Tests.Scripts;
using SQLitePCL;

namespace PluginHost.Tests.Running;

/// <summary>The part of a host that runs scripts, of its real parts, over a folder. The plugin is made of classes of this assembly.</summary>
internal sealed class RunningHost : IAsyncDisposable
{
    public const string Plugin = "Shop";

    /// <summary>Nothing takes so long; a test that waits longer waits for something that will not come.</summary>
    public static readonly TimeSpan HangLimit = TimeSpan.FromMinutes(1);

    private readonly FakeScriptServices _app;
    private readonly IOptions<PluginHostOptions> _options;
    private readonly ConsoleCapture _console;
    private int _versions;
    private volatile bool _isDiskFull;

    public RunningHost(
        string directory, ObservedTime time, Action<PluginHostOptions>? configure = null, Dictionary<string, string?>? settings = null, string? death = null)
    {
        var set = new PluginHostOptions { DataDirectory = directory, NodeName = "node", Runs = { CaptureConsole = false, WatchProcess = false } };
        configure?.Invoke(set);
        var options = Options.Create(set);
        _options = options;
        Time = time;
        _app = new FakeScriptServices(services => services.AddSingleton<TimeProvider>(time).AddSingleton(Stage).Share<Stage>().AddScoped<Hanging>().Share<Hanging>(), settings);
        Data = new DataDirectory(options);
        Leaked = new LeakedVersions(Events, Problems, options, NullLogger<LeakedVersions>.Instance);
        Unloading = new UnloadWatch(Leaked, options, time, NullLogger<UnloadWatch>.Instance);
        _console = new ConsoleCapture(options);
        Draining = new DrainingVersions(Unloading, time);
        Database = new SqliteDatabase(Data);
        var placement = new SingleNode(set.NodeLabels);
        Store = new RunStore(Database, placement, time);
        Marks = new ScheduleStore(Database);
        Occurrences = new OccurrenceStore(Database);
        Scripts = new ScriptStateStore(Database);
        Overrides = new ScheduleOverrideStore(Database);
        Logs = new RunLogs(Data, options, time);

        Quarantines = new Quarantines(new CrashStore(Database), Live, Problems, Events, new PreviousDeath(death), options, time, NullLogger<Quarantines>.Instance);
        SafeMode = new SafeMode(options, Problems, new PreviousDeath(death));
        var selfStarts = new SelfStarts(Scripts, Quarantines, SafeMode);

        // Only what is live or drains: there is nothing on disk to load.
        var stored = new StoredVersions(Live, Draining, new ArtifactCatalog(), null!);
        var secrets = new SecretParameters(Data);
        var grace = new StopGrace(Options.Create(Application), options, time);
        var inProcess = new InProcessRunner(new ScriptInvoker(_console, time), new ProcessGlobals(Problems, options, time), secrets, new ScriptValueStore(Database, time), Events, options);
        Workers = new Workers(
             Live, Draining, new ChildProcess(TimeProvider.System), new WorkerCommand(options), new WorkerLimits(options, NullLogger<WorkerLimits>.Instance),
             new SharedAssemblies(options, new SharedServices([])), Data, options, time, NullLogger<Workers>.Instance);
        var isolated = new WorkerRunner(Workers, _app.Factory, secrets, new ScriptValueStore(Database, time), Events, options);
        var executor = new RunExecutor(Live, stored, inProcess, isolated, new ScriptThreads(), Logs, grace, options, time, NullLoggerFactory.Instance, NullLogger<RunExecutor>.Instance);
        var factory = new RunFactory(options, time);
        var metrics = new RunMetrics(_app.Provider.GetRequiredService<IMeterFactory>());
        var lifecycle = new RunLifecycle(
            Live, new RunLimits(options, NoSharedPlaces.Instance), executor, new RunSuccessors(Live, selfStarts, factory, placement, NullLogger<RunSuccessors>.Instance), new RunEnds(Store, time, NullLogger<RunEnds>.Instance), Store, placement, NoSharedPlaces.Instance, Recent = new RecentRuns(Store), Events, metrics, Quarantines, grace, time, NullLogger<RunLifecycle>.Instance);
        Runs = new RunService(new RunRequests(Live, stored, secrets, Quarantines, time), factory, secrets, lifecycle, Store, new LastRuns(Store), placement, placement, Occurrences, Logs, Readiness, Quarantines, SafeMode, Lifetime, time, NullLogger<RunService>.Instance);
        ScheduleWriter = new ScheduleWriter(Runs, Marks, Occurrences, Events, time, NullLogger<ScheduleWriter>.Instance);
        var schedules = new EffectiveSchedules(Overrides);
        ScheduleWatch = new ScheduleWatch(Live, schedules, Overrides, Marks, selfStarts, new OwnLabels(options), Problems, _app.Provider.GetRequiredService<IMeterFactory>(), time, NullLogger<ScheduleWatch>.Instance);
        var keeper = new ScheduleKeeper(Live, schedules, ScheduleWriter, Marks, selfStarts, placement, NullLogger<ScheduleKeeper>.Instance);
        Scheduler = new Scheduler(Live, schedules, keeper, ScheduleWriter, time, NullLogger<Scheduler>.Instance);
        Schedules = new ScheduleService(Live, schedules, Overrides, new ScheduleParameters(Live, secrets), selfStarts, Scheduler, Events, Gate, time);
        WantedVersions = lifecycle;
    }

    public Workers Workers { get; }

    public ObservedTime Time { get; }

    public RecentRuns Recent { get; }

    /// <summary>What the application around it has set.</summary>
    public HostOptions Application { get; } = new();

    public ApplicationLifetime Lifetime { get; } = new(NullLogger<ApplicationLifetime>.Instance);

    public DataDirectory Data { get; }

    public Stage Stage { get; } = new();

    public HostEvents Events { get; } = new();

    public ScheduleGate Gate { get; } = new();

    public IWantedVersions WantedVersions { get; }

    public HostReadiness Readiness { get; } = new();

    public LiveRegistry Live { get; } = new();

    public LeakedVersions Leaked { get; }

    /// <summary>Unloads nothing before it is started.</summary>
    public UnloadWatch Unloading { get; }

    public DrainingVersions Draining { get; }

    public HistoryDatabase Database { get; }

    public RunStore Store { get; }

    public ScheduleStore Marks { get; }

    public OccurrenceStore Occurrences { get; }

    public ScriptStateStore Scripts { get; }

    public Quarantines Quarantines { get; }

    public SafeMode SafeMode { get; }

    public ScheduleOverrideStore Overrides { get; }

    public RunLogs Logs { get; }

    public RunService Runs { get; }

    public ScheduleWatch ScheduleWatch { get; }

    public HostProblems Problems { get; } = new();

    public ScheduleWriter ScheduleWriter { get; }

    public Scheduler Scheduler { get; }

    public ScheduleService Schedules { get; }

    /// <summary>Makes a new version of the plugin live, which has these scripts.</summary>
    public PluginVersion Deploy(params Type[] scripts) => Deploy(Read(scripts));

    /// <summary>The same, with another file than the one that its scripts are in.</summary>
    public PluginVersion Deploy(Type[] scripts, string assembly) => Deploy(Read(scripts), assembly);

    /// <summary>Makes a new version of the plugin live, whose one script has these schedules.</summary>
    public PluginVersion Deploy(Type script, IReadOnlyList<ScheduleDescriptor> schedules) =>
        Deploy([.. Read(script).Select(read => read with { Descriptor = read.Descriptor with { Schedules = schedules } })]);

    /// <summary>Loads a plugin from its file, as a deployment does, and makes it live.</summary>
    public async Task<PluginVersion> DeployAsync(string assembly)
    {
        var shared = new SharedAssemblies(_options, new SharedServices([new SharedService(typeof(Stage))]));
        using var journal = new LoadJournal(Data, new LoadCrashStore(Database), new PreviousDeath(null), TimeProvider.System, NullLogger<LoadJournal>.Instance);
        var loading = new PluginLoading(
            new AssemblyInspector(shared), shared, new PrivateAssemblies(shared, _options), _app.Factory, new ScriptValidator(new IsolationPolicy(_options)), Unloading,
            new StoredScripts(shared, new IsolationPolicy(_options)), journal, new PluginContexts(), _options, TimeProvider.System);
        var artifact = Artifact(Path.GetFileNameWithoutExtension(assembly)) with { AssemblyFile = Path.GetFileName(assembly), Directory = Path.Combine(Data.Artifacts, "files") };
        Directory.CreateDirectory(artifact.Directory);
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(assembly)!))
        {
            File.Copy(file, Path.Combine(artifact.Directory, Path.GetFileName(file)), overwrite: true);
        }

        var result = await loading.InspectAndLoadAsync(artifact, CancellationToken.None);
        return Deploy(result.Plugin ?? throw new InvalidOperationException(result.Problem!.Message));
    }

    private PluginVersion Deploy(IReadOnlyList<ScriptClass> scripts, string? assembly = null) => Deploy(Load(scripts, assembly ?? Path.GetFileName(typeof(RunningHost).Assembly.Location)));

    private PluginVersion Deploy(LoadedPlugin plugin)
    {
        var version = Draining.Track(plugin);
        Swap(new LiveSnapshot([new LivePlugin("default", version, Time.GetUtcNow())]));
        return version;
    }

    public void RemovePlugin() => Swap(LiveSnapshot.Empty);

    public async Task<RunInfo> StartAsync(string script, RunRequest? request = null, string plugin = Plugin) =>
        await Runs.StartRunAsync($"{plugin}.{script}", request ?? new RunRequest(), CancellationToken.None);

    public Task<RunInfo> EndOfAsync(RunInfo run) => Runs.WaitAsync(run.Id, Timeout.InfiniteTimeSpan, CancellationToken.None).WaitAsync(HangLimit);

    /// <summary>The lines of a run's log, without their times.</summary>
    public async Task<IReadOnlyList<string>> LogOfAsync(RunInfo run)
    {
        var lines = new List<string>();
        await foreach (var line in Runs.ReadLogAsync(run.Id, 0, follow: false, CancellationToken.None))
        {
            lines.Add(line.Text.StartsWith(' ') ? line.Text : line.Text.Split(' ', 2)[1]);
        }

        return lines;
    }

    /// <summary>Looks whether something is so each time that something has changed.</summary>
    public async Task UntilAsync(Func<bool> condition)
    {
        var changes = Events.WatchAsync(CancellationToken.None).GetAsyncEnumerator();

        // Watched before it is looked at, so that no change comes in between.
        for (var change = changes.MoveNextAsync().AsTask(); !condition(); change = changes.MoveNextAsync().AsTask())
        {
            await change.WaitAsync(HangLimit);
        }
    }

    /// <summary>From here on nothing reaches the disk, as when the process dies.</summary>
    public void Crash() => Database.Dispose();

    /// <summary>The disk is full: nothing more can be stored, and what was stored can be read.</summary>
    public async Task FillDiskAsync()
    {
        _isDiskFull = false;
        await Database.WriteAsync(
            history =>
            {
                raw.sqlite3_commit_hook(((SqliteHistoryConnection)history).Handle, _ => _isDiskFull ? 1 : 0, null);
                return true;
            },
            default);
        _isDiskFull = true;
        Assert.That(() => Database.WriteAsync(history => history.Run("CREATE TABLE full (a)"), default), Throws.InstanceOf<DbException>());
    }

    public async Task EmptyDiskAsync()
    {
        _isDiskFull = false;
        await Database.WriteAsync(history => history.Run("CREATE TABLE full (a)"), default);
    }

    /// <summary>Waits until what has become of a run is stored.</summary>
    public async Task StoredAsync(string run, RunState state)
    {
        using var limit = new CancellationTokenSource(HangLimit);
        while (Store.Find(run)!.State != state)
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Scheduler.StopAsync(CancellationToken.None);
        Scheduler.Dispose();
        Stage.Close();
        await Runs.StopAsync(new CancellationTokenSource(HangLimit).Token);
        Workers.Dispose();
        Database.Dispose();
        _console.Dispose();
        Unloading.Dispose();
        Data.Dispose();
        await _app.DisposeAsync();
    }

    private static IReadOnlyList<ScriptClass> Read(params Type[] scripts)
    {
        var read = ScriptReader.Read(Plugin, scripts);
        Assert.That(read.Problems, Is.Empty);
        return read.Scripts;
    }

    private LoadedPlugin Load(IReadOnlyList<ScriptClass> scripts, string assembly) =>
        new(Artifact(Plugin) with { AssemblyFile = assembly, Directory = AppContext.BaseDirectory }, null!, _app.Factory.ForVersion(), scripts);

    private PluginArtifact Artifact(string plugin) => new()
    {
        PluginId = plugin, Source = "default", Project = $"plugins/{plugin}/{plugin}.csproj", ContentKey = $"{++_versions:x8}", Commit = $"{_versions:x40}",
        Author = "A", Message = "M", BuiltAt = Time.GetUtcNow(), AssemblyFile = $"{plugin}.dll", OutputHash = "",
        Inputs = new InputManifest { Files = [], Folders = [], Environment = "" },
    };

    private void Swap(LiveSnapshot next)
    {
        var before = Live.Current;
        Live.Swap(next);
        foreach (var replaced in before.Plugins.Values)
        {
            Draining.Retire(replaced.Version);
        }
    }
}
