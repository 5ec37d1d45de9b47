using System.Globalization;

namespace PluginHost.Benchmarks.Lateness;

/// <summary>So many schedules: each due every second, or once a minute with their seconds spread.</summary>
/// <param name="Count">How many.</param>
/// <param name="IsSpread">Whether each is due once a minute.</param>
internal sealed record Load(int Count, bool IsSpread)
{
    public double PerSecond => IsSpread ? Count / 60.0 : Count;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Count:N0} schedules, {(IsSpread ? "each once a minute, spread over it" : "all every second")}");

    /// <summary>At which second of the minute a schedule is due; null for each.</summary>
    public int? Second(int schedule) => IsSpread ? schedule % 60 : null;

    /// <summary>The schedule as a cron expression of six fields.</summary>
    public string Cron(int schedule) => Second(schedule) is { } second ? string.Create(CultureInfo.InvariantCulture, $"{second} * * * * *") : "* * * * * *";
}
