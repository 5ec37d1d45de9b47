using System.Globalization;
using Microsoft.Extensions.Options;
using PluginHost.Swapping;

namespace PluginHost.Running;

/// <summary>Makes the records of new runs.</summary>
internal sealed class RunFactory(IOptions<PluginHostOptions> options, TimeProvider time)
{
    private readonly Lock _lock = new();
    private long _lastTick;

    public RunInfo Create(LiveScript script, RunTrigger trigger)
    {
        var now = time.GetUtcNow();
        var id = NextId(now);
        return new RunInfo
        {
            Id = id,
            Script = script.Descriptor.Id,
            Plugin = script.Plugin.Id,
            Trigger = trigger,
            QueuedAt = now,
            State = RunState.Queued,
            Attempt = 1,
            RerunWhenLost = script.Descriptor.RerunWhenLost,
            NodeLabel = script.Descriptor.NodeLabel,
            FanOut = script.Descriptor.RunOn == RunOn.EveryNode ? id : null,
            Node = options.Value.NodeName,
        };
    }

    /// <summary>The same run once more, for another node.</summary>
    public RunInfo CreateBeside(RunInfo run) => run with { Id = NextId(time.GetUtcNow()) };

    /// <summary>A run of a script that runs after another one: when no other run of its script is under way, and on its defaults.</summary>
    public RunInfo CreateChained(LiveScript script, RunInfo cause) => Create(script, RunTrigger.Chain) with { CausedBy = cause.Id, Exclusive = true, TraceParent = cause.TraceParent, TraceState = cause.TraceState };

    /// <summary>
    /// The next try of a run: on the same version and under the same rule as the try before, so that a schedule that
    /// lets nothing overlap means this too.
    /// </summary>
    /// <param name="run">The run that failed.</param>
    /// <param name="after">How long to wait.</param>
    public RunInfo CreateRetry(RunInfo run, TimeSpan after)
    {
        var now = time.GetUtcNow();
        return new RunInfo
        {
            Id = NextId(now),
            Script = run.Script,
            Plugin = run.Plugin,
            Version = run.Version,
            Trigger = RunTrigger.Retry,
            ScheduledFor = run.ScheduledFor,
            QueuedAt = now,
            StartAt = now + after,
            State = RunState.Queued,
            Attempt = run.Attempt + 1,
            FirstRun = run.FirstRun ?? run.Id,
            CausedBy = run.CausedBy,
            Exclusive = run.Exclusive,
            RerunWhenLost = run.RerunWhenLost,
            NodeLabel = run.NodeLabel,
            FanOut = run.FanOut,
            Parameters = run.Parameters,
            RequestedBy = run.RequestedBy,
            TraceParent = run.TraceParent,
            TraceState = run.TraceState,
            Node = options.Value.NodeName,
        };
    }

    /// <summary>The next try of a run that was lost, at once. It is the last of its kind: a script that takes the host down must not do so for ever.</summary>
    public RunInfo CreateRerun(RunInfo lost) => CreateRetry(lost, TimeSpan.Zero) with { RerunWhenLost = false };

    /// <summary>A UUID of version 7 with a counter behind its milliseconds, so that later runs sort after earlier ones whatever the clock does.</summary>
    private string NextId(DateTimeOffset now)
    {
        long tick;
        lock (_lock)
        {
            tick = _lastTick = Math.Max(_lastTick + 1, now.ToUnixTimeMilliseconds() << 12);
        }

        // Not by Guid, which asks the system for the random part of each: nobody may see a run because he knows its id.
        var random = (ulong)Random.Shared.NextInt64(1L << 62) | 1UL << 63;
        return string.Create(CultureInfo.InvariantCulture, $"{tick >> 12:x12}7{tick & 0xfff:x3}{random:x16}");
    }
}
