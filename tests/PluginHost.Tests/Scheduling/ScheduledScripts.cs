using PluginHost.Tests.Running;

namespace PluginHost.Tests.Scheduling;

// Each of these is script Shop.Job, in another version of the plugin.

[Script(Name = "Job"), Schedule("* * * * *")]
public sealed class EveryMinute(Stage stage) : StagedScript(stage);

[Script(Name = "Job", NodeLabel = "gpu"), Schedule("* * * * *")]
public sealed class EveryMinuteOnGpu(Stage stage) : StagedScript(stage);

[Script(Name = "Job", NodeLabel = "gpu"), Schedule("* * * * *", CatchUp = CatchUpPolicy.None)]
public sealed class EveryMinuteOnGpuOrNot(Stage stage) : StagedScript(stage);

[Script(Name = "Job", RunOn = RunOn.EveryNode), Schedule("* * * * *")]
public sealed class EveryMinuteEverywhere(Stage stage) : StagedScript(stage);

[Script(Name = "Job"), Schedule("*/2 * * * *")]
public sealed class EveryTwoMinutes(Stage stage) : StagedScript(stage);

[Script(Name = "Job"), Schedule("* * * * *", Overlap = OverlapPolicy.Allow), Schedule("*/2 * * * *", Overlap = OverlapPolicy.Allow)]
public sealed class TwoSchedules(Stage stage) : StagedScript(stage);

[Script(Name = "Job"), Schedule("* * * * *"), Schedule("*/2 * * * *")]
public sealed class TwoThatSkip(Stage stage) : StagedScript(stage);

[Script(Name = "Job"), Schedule("* * * * *", Overlap = OverlapPolicy.Queue)]
public sealed class EveryMinuteQueued(Stage stage) : StagedScript(stage);

[Script(Name = "Job"), Schedule("* * * * *", Overlap = OverlapPolicy.CancelPrevious)]
public sealed class EveryMinuteInstead(Stage stage) : StagedScript(stage);

[Script(Name = "Job"), Schedule("* * * * *", CatchUp = CatchUpPolicy.None)]
public sealed class EveryMinuteOrNot(Stage stage) : StagedScript(stage);

[Script(Name = "Job"), Schedule("* * * * *", CatchUp = CatchUpPolicy.All)]
public sealed class EveryMinuteByAllMeans(Stage stage) : StagedScript(stage);

[Script(Name = "Job"), Schedule("* * * * *", CatchUp = CatchUpPolicy.All, CatchUpWindow = "2m")]
public sealed class EveryMinuteOfTwo(Stage stage) : StagedScript(stage);

[Script(Name = "Job"), Schedule("0 * * * *", CatchUp = CatchUpPolicy.None)]
public sealed class EveryHour(Stage stage) : StagedScript(stage);

[Script(Name = "Job"), Schedule("0 * * * *", CatchUp = CatchUpPolicy.None, Jitter = "50m")]
public sealed class EveryHourJittered(Stage stage) : StagedScript(stage);

[Script(Name = "Job"), Schedule("*/5 * * * * *", CatchUp = CatchUpPolicy.None, Overlap = OverlapPolicy.Allow)]
public sealed class EveryFiveSecondsOrNot(Stage stage) : StagedScript(stage);

[Script(Name = "Job"), Schedule("* * * * * *", CatchUp = CatchUpPolicy.None)]
public sealed class EverySecondOrNot(Stage stage) : StagedScript(stage);

[Script(Name = "Job"), Schedule("0 * * * *", TimeZone = "Europe/Berlin", CatchUp = CatchUpPolicy.All)]
public sealed class HourlyWithParameters(Stage stage) : StagedScript(stage)
{
    [Parameter, System.ComponentModel.DataAnnotations.Range(1, 10)]
    public int Days { get; init; } = 1;
}

[Script(Name = "Job")]
public sealed class WithoutSchedule(Stage stage) : StagedScript(stage);

[Script(Name = "Job")]
public sealed class NeedsDays(Stage stage) : StagedScript(stage)
{
    [Parameter]
    public required int Days { get; init; }
}

[Script(Name = "Job"), Schedule("* * * * *", CatchUp = CatchUpPolicy.All, Until = "2026-01-01T12:02")]
public sealed class EveryMinuteForAWhile(Stage stage) : StagedScript(stage);

[Script(Name = "Job"), Schedule("* * * * *", CatchUp = CatchUpPolicy.All, Until = "2026-01-01T12:06")]
public sealed class EveryMinuteForLonger(Stage stage) : StagedScript(stage);

[Script(NodeLabel = "gpu"), RunAfter("Shop.Plain")]
public sealed class AfterPlainOnGpu(Stage stage) : StagedScript(stage);

[RunAfter("Shop.Plain")]
public sealed class AfterPlain(Stage stage) : StagedScript(stage);
