using System.Globalization;

namespace PluginHost.Benchmarks.Lateness;

/// <summary>So many schedules: each due every second, or once a minute with their seconds spread.</summary>
/// <param name="Count">How many.</param>
/// <param name="IsSpread">Whether each is due once a minute.</param>
internal sealed record Load(int Count, bool IsSpread)
{
    /// <summary>How many groups the schedules are in: as many as we have script classes for them.</summary>
    public int Groups => Math.Min(100, Count);

    public double PerSecond => IsSpread ? Count / 60.0 : Count;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Count:N0} schedules, {(IsSpread ? "each once a minute, spread over it" : "all every second")}");

    /// <summary>What a job tells of its schedule, as ours does not know which of its class's schedules it is run for.</summary>
    public int Group(int schedule) => schedule % Groups;

    /// <summary>The schedule as a cron expression of six fields.</summary>
    public string Cron(int schedule) => Second(schedule) is { } second ? string.Create(CultureInfo.InvariantCulture, $"{second} * * * * *") : "* * * * * *";

    /// <summary>How many jobs are due, by group and second of the minute.</summary>
    public int[,] Due()
    {
        var due = new int[Groups, 60];
        for (var schedule = 0; schedule < Count; schedule++)
        {
            for (var second = Second(schedule) ?? 0; second <= (Second(schedule) ?? 59); second++)
            {
                due[Group(schedule), second]++;
            }
        }

        return due;
    }

    private int? Second(int schedule) => IsSpread ? schedule % 60 : null;
}
