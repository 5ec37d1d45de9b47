using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using PluginHost.Running;
using PluginHost.Scripts;

namespace PluginHost.Testing;

/// <summary>A run under way in a test. What it shows grows until <see cref="Completion"/> ends.</summary>
public sealed class ScriptRun
{
    private readonly ScriptClass _script;
    private readonly ActiveRun _run;
    private readonly TestLog _log;
    private readonly TimeProvider _time;
    private readonly TestOutput _output;

    internal ScriptRun(ScriptClass script, JsonObject parameters, TimeProvider time, ScriptRunFacts facts)
    {
        (_script, _time) = (script, time);
        _run = new ActiveRun(new RunInfo
        {
            Id = $"test-{Guid.NewGuid():n}",
            Script = script.Descriptor.Id,
            Plugin = script.Descriptor.PluginId,
            Commit = facts.Commit,
            Trigger = facts.Trigger,
            ScheduledFor = facts.ScheduledFor,
            QueuedAt = time.GetUtcNow(),
            StartedAt = time.GetUtcNow(),
            State = RunState.Running,
            Attempt = facts.Attempt,
            Parameters = parameters,
            Node = "test",
        });
        _run.Secrets.Learn(parameters, script.Parameters.Secrets);
        _log = new TestLog(time, _run.Secrets);
        _output = new TestOutput(_run, _log);
    }

    /// <summary>The id that the script is told.</summary>
    public string RunId => _run.Id;

    /// <summary>How it ended. Never fails: the result holds the exception of the script.</summary>
    public Task<ScriptResult> Completion { get; private set; } = null!;

    /// <summary>What it has logged so far.</summary>
    public IReadOnlyList<LogEntry> Log => _log.Entries;

    /// <summary>What it has reported of its progress so far, oldest first.</summary>
    public IReadOnlyList<RunProgress> Progress => _output.Progress;

    /// <summary>Cancels the run, as an operator does.</summary>
    public void Cancel() => _run.RequestStop(RunState.Cancelled);

    internal void Begin(TestServices services, Func<ScriptServices, (IScript Script, bool Owned)> create, StateStore state, CancellationToken cancellationToken)
    {
        // On this thread, so that when this returns the script is where it first waits.
        Completion = WithoutContext.Run(() => RunAsync(services, create, state, cancellationToken));
    }

    internal async Task<ScriptResult> WaitAsync(TimeSpan limit)
    {
        try
        {
            return await Completion.WaitAsync(limit);
        }
        catch (TimeoutException)
        {
            Cancel();
            throw new TimeoutException(
                $"Script '{_script.Descriptor.Id}' did not end within {limit}. If it waits for the clock, the test has to move it: var run = harness.Start(…); harness.Advance(…); await run.Completion. Its log so far:{TestLog.Text(Log)}");
        }
    }

    private async Task<ScriptResult> RunAsync(TestServices services, Func<ScriptServices, (IScript, bool)> create, StateStore state, CancellationToken cancellationToken)
    {
        await using var cancelled = cancellationToken.UnsafeRegister(_ => Cancel(), null);
        using var limit = _script.Descriptor.Timeout is { } timeout
            ? _time.CreateTimer(_ => _run.RequestStop(RunState.TimedOut), null, timeout, Timeout.InfiniteTimeSpan)
            : null;
        var failure = await CatchAsync(() => RunScriptAsync(services, create, state));
        var outcome = _run.StopState ?? (failure is null ? RunState.Succeeded : RunState.Failed);
        _run.Finish(_run.Info with { State = outcome, FinishedAt = _time.GetUtcNow() });
        return new ScriptResult(_run.Info, failure, Log, Progress);
    }

    private async Task RunScriptAsync(TestServices services, Func<ScriptServices, (IScript, bool)> create, StateStore state)
    {
        await using var scope = services.CreateFactory().Create(_script.Descriptor.Id, _log);
        var (script, owned) = create(scope);
        try
        {
            var info = _run.Info;
            var facts = new RunFacts(info.Id, info.Script, info.Commit!, PluginDirectory, info.Trigger, info.ScheduledFor, info.Attempt);
            var context = new RunContext(facts, _output, _log.CreateLogger(""), scope, _time, state, new RunOptions().MaxResultBytes);
            await script.RunAsync(context, _run.CancellationToken);
        }
        finally
        {
            if (owned)
            {
                await CatchAsync(async () => await ScriptActivator.DisposeAsync(script), failed => _log.CreateLogger("").LogWarning(failed, "Disposing the script failed."));
            }
        }
    }

    private string PluginDirectory => Path.GetDirectoryName(_script.Type.Assembly.Location) is { Length: > 0 } directory ? directory : AppContext.BaseDirectory;

    private static async Task<Exception?> CatchAsync(Func<Task> work, Action<Exception>? tell = null)
    {
        try
        {
            await work();
            return null;
        }
        catch (Exception failure)
        {
            tell?.Invoke(failure);
            return failure;
        }
    }
}

/// <summary>What a run is told of itself.</summary>
internal sealed record ScriptRunFacts(RunTrigger Trigger, DateTimeOffset? ScheduledFor, int Attempt, string Commit);
