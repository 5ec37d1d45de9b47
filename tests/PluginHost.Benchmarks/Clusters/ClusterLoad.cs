namespace PluginHost.Benchmarks.Clusters;

/// <summary>What the nodes of a contestant are given.</summary>
/// <param name="Database">Connection string of the database.</param>
/// <param name="Repository">Where the scripts of ours are.</param>
/// <param name="Number">Which node it is, from 1 on.</param>
/// <param name="Schedules">How many schedules there are.</param>
/// <param name="Cron">The one expression of all of them.</param>
internal sealed record ClusterLoad(string Database, string Repository, int Number, int Schedules, string Cron)
{
    /// <summary>How many jobs a node may have under way at once, and how many ask each node at once.</summary>
    public const int Workers = 20;

    /// <summary>Due in this very second, and then not for so long that all can have ended.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(15);

    public const string EachPeriod = "*/15 * * * * *";

    public const string Never = "0 0 0 1 1 *";
}
