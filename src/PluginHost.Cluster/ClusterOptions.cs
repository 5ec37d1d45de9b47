namespace PluginHost;

/// <summary>How hosts work together as the nodes of a cluster: the configuration section <c>PluginHost:Cluster</c>.</summary>
public sealed class ClusterOptions
{
    /// <summary>The name of the configuration section.</summary>
    public const string SectionName = "PluginHost:Cluster";

    /// <summary>The PostgreSQL database that all nodes share, as Npgsql writes it: <c>Host=…;Username=…;Database=…</c>.</summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>The schema in it that is the cluster's. It is made if it is not there.</summary>
    /// <value>Small letters, digits and underscore, at most 40. The default is <c>pluginhost</c>. Two clusters in one database have two schemas.</value>
    public string Schema { get; set; } = "pluginhost";

    /// <summary>How long a node may be silent before the others take it for dead and see to its runs.</summary>
    /// <value>2 seconds to 5 minutes; more than the longest pause of a healthy node, for its garbage collector or its virtual machine. The default is 5 seconds.</value>
    /// <remarks>A node that cannot reach the database for three quarters of that cancels its own runs, so that none goes on beside its second try.</remarks>
    public TimeSpan NodeTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How far the clock of a node may be off the database's.</summary>
    /// <value>10 milliseconds to 1 minute. The default is 1 second. A node whose clock is further off does not start, and takes no due times while it is.</value>
    public TimeSpan MaxClockOffset { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How many runs of each group of scripts (<c>Group</c>) may be under way on all nodes together. Further ones wait, and begin in their turn, on whichever node.</summary>
    /// <value>1 to 10,000 for each, by the name of the group, compared without case. The default is none: a group has its bound on each node (<c>Runs:Groups</c>).</value>
    /// <remarks>Set the same on all nodes. A group that is here and not in <c>Runs:Groups</c> has as many places on each node as here.</remarks>
    public Dictionary<string, int> Limits { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>How nodes share what they build.</summary>
    public SharedBuildOptions Builds { get; set; } = new();
}
