namespace PluginHost.Benchmarks.Lateness;

/// <summary>How a contestant did, as its process tells it.</summary>
/// <param name="P50">Milliseconds; half of the jobs began no later.</param>
/// <param name="P99">Milliseconds; of a hundred jobs, 99 began no later.</param>
/// <param name="Max">Milliseconds of the latest.</param>
/// <param name="Early">How many began before their time.</param>
/// <param name="Accounts">What began of what was due.</param>
/// <param name="CpuSeconds">Of all its threads, in the window.</param>
/// <param name="BytesPerSchedule">What its managed heap grew by from nothing to all schedules, divided among them: the share of what there is once, such as a host, is in it.</param>
internal sealed record Outcome(double P50, double P99, double Max, int Early, Accounts Accounts, double CpuSeconds, double BytesPerSchedule);
