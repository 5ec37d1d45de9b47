using System.Text.Json.Nodes;

namespace PluginHost.AspNetCore.Tests;

/// <summary>Things a host could answer.</summary>
internal static class Examples
{
    // Neither UTC nor whole seconds, so that a careless conversion shows.
    public static readonly DateTimeOffset Noon = new(2026, 1, 31, 14, 0, 0, 250, TimeSpan.FromHours(2));

    public const string TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    public const string Commit = "0123456789abcdef0123456789abcdef01234567";

    public static LiveVersionInfo Live { get; } = new("0123456-89abcde", Commit, Noon);

    public static NodeInfo Node { get; } = new("vm-1", IsUp: true, IsThis: true, "0.1.0", Noon, Noon, -1.5, 2, 1, [new NodePluginInfo("Reports", "0123456-89abcde", 2, 3)]) { Labels = ["gpu"] };

    public static ScriptInfo Script(string id = "Reports.Daily", string? description = "Mails totals") => new(
        id, "Reports", "Daily", description, ["mail"], ScriptState.Ready, Live,
        [Schedule],
        JsonNode.Parse("""{ "type": "object", "properties": { "Days": { "type": "integer", "default": 1, "description": "How many" } } }""")!,
        Run()) { RunAfter = [new RunAfterInfo("Reports.Fetch", RunAfterOutcome.Any)], RunOn = RunOn.EveryNode, NodeLabel = "gpu", Isolation = ScriptIsolation.Process, IsolationNote = "PluginHost:Isolation:MaxCpus is not enforced, because …" };

    public static ScheduleInfo Schedule { get; } = new()
    {
        Id = "1a2b3c4d", Origin = ScheduleOrigin.Override, Cron = "0 6 * * *", TimeZone = "Europe/Berlin", Overlap = OverlapPolicy.CancelPrevious,
        CatchUp = CatchUpPolicy.Latest, CatchUpWindowMs = 3_600_000, DelayMs = 250, From = Noon, Parameters = new JsonObject { ["Days"] = 7 },
        Code = new CodeSchedule("0 5 * * *", "UTC"), SetBy = "ada", SetAt = Noon, Next = [Noon, Noon.AddDays(1)],
        Set = new ScheduleRequest { Cron = "0 6 * * *", Parameters = new JsonObject { ["Days"] = 7 }, RequestedBy = "ada" },
    };

    public static RunInfo Run(string id = "run1", RunState state = RunState.TimedOut) => new()
    {
        Id = id, Script = "Reports.Daily", Plugin = "Reports", Version = Live.Version, Commit = Commit, Trigger = RunTrigger.CatchUp, ScheduledFor = Noon,
        QueuedAt = Noon, StartedAt = Noon, FinishedAt = state is RunState.Running or RunState.Queued ? null : Noon.AddSeconds(1.5), State = state, Attempt = 1,
        Parameters = new JsonObject { ["Days"] = 2 }, Result = new JsonObject { ["total"] = 3 },
        Error = new RunError("System.TimeoutException", "too long", "at X"), Progress = new RunProgress(0.5, "half"), Node = "here", NodeLabel = "gpu", FanOut = id,
        Isolation = ScriptIsolation.Process, TraceParent = TraceParent, TraceState = "vendor=1",
    };

    public static OccurrenceInfo Occurrence { get; } = new()
    {
        Script = "Reports.Daily", Schedule = "0 12 * * *|UTC", Due = Noon, Until = Noon.AddDays(2), Count = 3,
        Outcome = OccurrenceOutcome.SkippedOverlap, Reason = "run run1 was still going",
    };

    public static StateValueInfo StateValue { get; } = new("cursor", new JsonObject { ["page"] = 7 }, 42, Noon);

    public static LeakRoot Root { get; } = new(LeakRootKind.StaticField, null, "The event AppDomain.ProcessExit", "Unsubscribe.", ["System.Object[]", "System.EventHandler"]);

    public static LeakExplanation Leak { get; } = new("Reports", "old-2", Noon, 250, [Root]);

    public static PluginInfo Plugin(string id = "Reports", string message = "did not build") => new(
        id, "default", $"plugins/{id}/{id}.csproj", PluginState.Degraded, Live, new PinInfo("0123456-89abcde", "ada", Noon),
        new PluginProblem(ProblemStage.Build, Commit, message, [new Diagnostic(DiagnosticSeverity.Error, "CS1002", "; expected", "plugins/Reports/Daily.cs", 12, 34)]),
        [new DrainingVersion("old-1", 1, Noon)], [new LeakedVersion("old-2", Noon, "a timer") { Roots = [Root] }]) { Abandoned = [new AbandonedRuns("old-3", 2)], Rollout = new PluginRollout(2, 3, [new NodeVersionInfo("vm-1", Live.Version), new NodeVersionInfo("vm-2", Live.Version), new NodeVersionInfo("vm-3", null)]) };

    public static DeploymentInfo Deployment(string id = "deployment1", string message = "First") => new()
    {
        Id = id, Source = "default", Commit = Commit, Author = "Ada Author", Message = message, Trigger = DeploymentTrigger.Poll, State = DeploymentState.Degraded,
        SeenAt = Noon, LiveAt = Noon, Stages = [new StageInfo("fetch", Noon, 12)],
        Plugins = [new PluginOutcome("Reports", PluginOutcomeKind.Rejected, Live.Version, "its files changed") { BuiltOn = "vm-1" }],
    };

    public static HostStatus Status(HostState state = HostState.Degraded) => new(
        "0.1.0", state, 61_000, new MemoryInfo(100, 50),
        [new SourceInfo("default", "https://example.com/scripts.git", "main", "plugins", Commit, SourceState.Unreachable, Noon, "no route")],
        new HostCounts(1, 1, 0, 0, 1), 1, [new ActivityInfo("build", "Building 2 projects", 0.5, Noon)], ["3 schedules are behind"]);

    public static HostDetails Details { get; } = new(
        new BuildServerInfo(BuildServerState.Idle, Noon, 1 << 30, [new BuildServerProcess(4242, "compiler", 200 << 20)]),
        [new ContextInfo("Reports", "0123456-89abcde", ContextState.Live, Noon, 1), new ContextInfo("Reports", "old-2", ContextState.Leaked, Noon, 0)],
        [new SettingInfo("PluginHost:Runs:MaxConcurrent", "100", IsDefault: true), new SettingInfo("PluginHost:Sources:default:WebhookSecret", "set", IsDefault: false)]);

    public static PluginVersionInfo Version { get; } = new("0123456-89abcde", Commit, "Ada Author", "First", Noon, PluginVersionState.Live);
}
