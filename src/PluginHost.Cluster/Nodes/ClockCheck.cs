using Microsoft.Extensions.Options;

namespace PluginHost.Cluster.Nodes;

/// <summary>Compares this machine's clock with the database's: due times are by it, to within so much.</summary>
internal sealed class ClockCheck(IOptions<ClusterOptions> options, TimeProvider time)
{
    /// <summary>How far the clock is before the database's, from an answer that says the time.</summary>
    /// <param name="ask">Asks the database what time it is.</param>
    /// <param name="uncertainty">By how much that may be wrong: half of the time that the answer took.</param>
    public TimeSpan? Measure(Func<DateTimeOffset?> ask, out TimeSpan uncertainty)
    {
        var begun = time.GetTimestamp();
        var answer = ask();
        uncertainty = time.GetElapsedTime(begun) / 2;
        return answer is { } there ? time.GetUtcNow() - uncertainty - there : null;
    }

    /// <returns>What is wrong; null when the clock is right.</returns>
    public string? Judge(TimeSpan offset, TimeSpan uncertainty)
    {
        var most = options.Value.MaxClockOffset;
        return offset.Duration() - uncertainty > most
            ? $"The clock of this machine is {offset.Duration().TotalSeconds:F1} s {(offset > TimeSpan.Zero ? "ahead of" : "behind")} the database's, and may be {most.TotalSeconds:F1} s off ({ClusterOptions.SectionName}:MaxClockOffset). Due times would have their turn too {(offset > TimeSpan.Zero ? "early" : "late")} here, so this node takes none. Let NTP set the clocks of both machines."
            : null;
    }
}
