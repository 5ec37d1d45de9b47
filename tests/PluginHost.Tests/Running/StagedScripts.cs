using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Logging;
using RangeAttribute = System.ComponentModel.DataAnnotations.RangeAttribute;

namespace PluginHost.Tests.Running;

/// <summary>A script that does as the test says.</summary>
public abstract class StagedScript(Stage stage) : IScript
{
    protected Stage Stage { get; } = stage;

    public Task RunAsync(ScriptContext context, CancellationToken cancellationToken) => Stage.PerformAsync(this, context, cancellationToken);
}

public sealed class Plain(Stage stage) : StagedScript(stage);

public sealed class Other(Stage stage) : StagedScript(stage);

/// <summary>Does not stop when it is asked to.</summary>
public sealed class Deaf(Stage stage) : StagedScript(stage);

[Script(Timeout = "7m")]
public sealed class Limited(Stage stage) : StagedScript(stage);

[Script(MaxAttempts = 3, RetryDelay = "10s")]
public sealed class Retried(Stage stage) : StagedScript(stage);

[Script(RerunWhenLost = true)]
public sealed class Rerun(Stage stage) : StagedScript(stage);

[Script(MaxConcurrent = 1)]
public sealed class OneAtATime(Stage stage) : StagedScript(stage);

/// <summary>What <see cref="ChangedToOne"/> was before.</summary>
[Script(Name = "Changing", MaxConcurrent = 5)]
public sealed class ChangingFromFive(Stage stage) : StagedScript(stage);

[Script(Name = "Changing", MaxConcurrent = 1)]
public sealed class ChangedToOne(Stage stage) : StagedScript(stage);

[Script(MaxAttempts = 2, RetryDelay = "10s", RerunWhenLost = true)]
public sealed class RetriedAndRerun(Stage stage) : StagedScript(stage);

[Script(Name = "Counting")]
public sealed class CountingLess(Stage stage) : StagedScript(stage)
{
    [Parameter, Range(1, 5)]
    public int Count { get; init; } = 1;
}

[Script(Group = "database")]
public sealed class Grouped(Stage stage) : StagedScript(stage);

public sealed class Counting(Stage stage) : StagedScript(stage)
{
    [Parameter, Range(1, 10)]
    public int Count { get; init; } = 1;

    [Parameter, StringLength(3)]
    public string Name { get; init; } = "";
}

public sealed class Cleaning(Stage stage) : StagedScript(stage), IAsyncDisposable
{
    public ValueTask DisposeAsync()
    {
        Stage.Disposed.SetResult();
        return ValueTask.CompletedTask;
    }
}

public sealed class CleaningBadly(Stage stage) : StagedScript(stage), IDisposable
{
    public void Dispose() => throw new InvalidOperationException("Still in use.");
}

public sealed class CleaningForever(Stage stage) : StagedScript(stage), IDisposable
{
    public void Dispose() => Stage.Closed.Wait();
}

public sealed class Logging(Stage stage, ILogger<Logging> log) : StagedScript(stage)
{
    public void Log(string text) => log.LogInformation("{Text}", text);
}
