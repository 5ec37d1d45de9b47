using System.Collections.Concurrent;
using PluginHost.Tests.Running;

namespace PluginHost.Tests.Engines;

/// <summary>Says to each plugin's scripts which test they belong to.</summary>
public sealed class Acts
{
    private readonly ConcurrentDictionary<string, Stage> _stages = new(StringComparer.OrdinalIgnoreCase);

    public Stage Of(string plugin) => _stages.GetOrAdd(plugin, _ => new Stage());
}

// Each of these is script Job, in another version of a plugin.

/// <summary>A script that does as its test says.</summary>
public abstract class ActingScript(Acts acts) : IScript
{
    public Task RunAsync(ScriptContext context, CancellationToken cancellationToken) =>
        acts.Of(context.ScriptId.Split('.')[0]).PerformAsync(this, context, cancellationToken);
}

[Script(Name = "Job"), Schedule("* * * * * *", Overlap = OverlapPolicy.Allow)]
public sealed class Freely(Acts acts) : ActingScript(acts);

[Script(Name = "Job"), Schedule("*/2 * * * * *", Overlap = OverlapPolicy.Allow)]
public sealed class HalfAsOften(Acts acts) : ActingScript(acts);

[Script(Name = "Job"), Schedule("* * * * * *")]
public sealed class Skipping(Acts acts) : ActingScript(acts);

[Script(Name = "Job"), Schedule("* * * * * *", Overlap = OverlapPolicy.Queue)]
public sealed class Queueing(Acts acts) : ActingScript(acts);

[Script(Name = "Job"), Schedule("* * * * * *", Overlap = OverlapPolicy.CancelPrevious)]
public sealed class Replacing(Acts acts) : ActingScript(acts);

[Script(Name = "Job", MaxAttempts = 2, RetryDelay = "1s"), Schedule("* * * * * *", Overlap = OverlapPolicy.Allow)]
public sealed class TryingTwice(Acts acts) : ActingScript(acts);

[Script(Name = "Job"), Schedule("*/5 * * * * *", Overlap = OverlapPolicy.Allow, Jitter = "4s")]
public sealed class Jittered(Acts acts) : ActingScript(acts);

[Script(Name = "Job"), Schedule("* * * * * *", CatchUp = CatchUpPolicy.None, Overlap = OverlapPolicy.Allow)]
public sealed class NeverLate(Acts acts) : ActingScript(acts);

[Script(Name = "Job"), Schedule("* * * * * *", CatchUp = CatchUpPolicy.All, Overlap = OverlapPolicy.Allow)]
public sealed class ByAllMeans(Acts acts) : ActingScript(acts);
