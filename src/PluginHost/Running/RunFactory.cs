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
        return new RunInfo
        {
            Id = NextId(now),
            Script = script.Descriptor.Id,
            Plugin = script.Plugin.Id,
            Trigger = trigger,
            QueuedAt = now,
            State = RunState.Queued,
            Attempt = 1,
            Node = options.Value.NodeName,
        };
    }

    /// <summary>The next try of a run that failed.</summary>
    public RunInfo CreateRetry(LiveScript script, RunInfo failed) => Create(script, RunTrigger.Retry) with
    {
        ScheduledFor = failed.ScheduledFor,
        Attempt = failed.Attempt + 1,
        Parameters = failed.Parameters,
        RequestedBy = failed.RequestedBy,
    };

    /// <summary>A UUID of version 7 with a counter behind its milliseconds, so that later runs sort after earlier ones whatever the clock does.</summary>
    private string NextId(DateTimeOffset now)
    {
        long tick;
        lock (_lock)
        {
            tick = _lastTick = Math.Max(_lastTick + 1, now.ToUnixTimeMilliseconds() << 12);
        }

        var uuid = Guid.CreateVersion7(DateTimeOffset.FromUnixTimeMilliseconds(tick >> 12)).ToString("n");
        return $"{uuid[..13]}{tick & 0xfff:x3}{uuid[16..]}";
    }
}
