using PluginHost.Tests.Running;

namespace PluginHost.Tests.Scheduling;

// Each of these is script Shop.Job, in another version of the plugin.

[Script(Name = "Job"), Schedule("* * * * *")]
public sealed class EveryMinute(Stage stage) : StagedScript(stage);

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
