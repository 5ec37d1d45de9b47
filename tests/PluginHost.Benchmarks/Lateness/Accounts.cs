namespace PluginHost.Benchmarks.Lateness;

/// <summary>
/// What began of what was due. It is counted group by group, so that what one schedule does too often does not stand
/// for what another does not do.
/// </summary>
/// <param name="Expected">How many were due.</param>
/// <param name="Fired">How many began for a time in the window.</param>
/// <param name="Missed">How many are lacking, be they lost or only late beyond measure.</param>
/// <param name="Doubled">How many there are too many.</param>
internal sealed record Accounts(long Expected, long Fired, long Missed, long Doubled)
{
    /// <param name="load">What was due.</param>
    /// <param name="starts">What began, by group and nominal time.</param>
    /// <param name="from">The first second.</param>
    /// <param name="window">How many seconds.</param>
    public static Accounts Of(Load load, IReadOnlyDictionary<(int Group, long Nominal), int> starts, DateTime from, TimeSpan window)
    {
        var due = load.Due();
        var accounts = new Accounts(0, 0, 0, 0);
        for (var second = from; second < from + window; second = second.AddSeconds(1))
        {
            for (var group = 0; group < load.Groups; group++)
            {
                var (expected, fired) = (due[group, second.Second], starts.GetValueOrDefault((group, second.Ticks)));
                accounts = new Accounts(
                    accounts.Expected + expected,
                    accounts.Fired + fired,
                    accounts.Missed + Math.Max(0, expected - fired),
                    accounts.Doubled + Math.Max(0, fired - expected));
            }
        }

        return accounts;
    }
}
