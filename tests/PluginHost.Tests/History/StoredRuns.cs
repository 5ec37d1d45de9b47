using PluginHost.History;
using PluginHost.Running;

namespace PluginHost.Tests.History;

/// <summary>Runs of one schedule, a second apart, and what a database has of them.</summary>
internal static class StoredRuns
{
    public static readonly DateTimeOffset Due = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    public static Task<RunInfo?> AddAsync(RunStore runs, string id, int second = 0, RunState state = RunState.Running) =>
        runs.AddScheduledAsync(Run(id, second, state), Occurrence(id, second), Mark(second), isNewest: true, default);

    public static RunInfo Run(string id, int second, RunState state) => new()
    {
        Id = id, Script = "A.Work", Plugin = "A", Trigger = RunTrigger.Schedule, ScheduledFor = Due.AddSeconds(second), QueuedAt = Due, State = state, Attempt = 1, Node = "node",
        StartedAt = state == RunState.Queued ? null : Due.AddSeconds(second), FinishedAt = state is RunState.Queued or RunState.Running ? null : Due.AddSeconds(second + 1),
    };

    public static OccurrenceInfo Occurrence(string id, int second) => new()
    {
        Script = "A.Work", Schedule = "key", Due = Due.AddSeconds(second), Until = Due.AddSeconds(second), Count = 1, Outcome = OccurrenceOutcome.Pending, RunId = id,
    };

    public static ScheduleMark Mark(int second) => new("A.Work", "key", Due.AddSeconds(second));

    public static IEnumerable<(string Id, RunState State)> States(HistoryDatabase database) =>
        new RunStore(database, SingleNode.Instance, TimeProvider.System).List(new RunQuery { Limit = 500 }).Items.OrderByDescending(run => run.ScheduledFor).Select(run => (run.Id, run.State));

    public static IEnumerable<OccurrenceOutcome> Outcomes(HistoryDatabase database) => new OccurrenceStore(database).List(new OccurrenceQuery()).Items.Select(item => item.Outcome);
}
