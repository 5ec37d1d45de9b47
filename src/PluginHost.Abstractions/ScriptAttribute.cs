namespace PluginHost;

/// <summary>Names and describes a script. Optional: a class that implements <see cref="IScript"/> is a script without it.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class ScriptAttribute : Attribute
{
    /// <summary>The script's name within its plugin.</summary>
    /// <value>Letters, digits, dot, hyphen and underscore. The default is the name of the class.</value>
    public string? Name { get; set; }

    /// <summary>What the script does, in a sentence.</summary>
    public string? Description { get; set; }

    /// <summary>Words to find and group scripts by.</summary>
    public string[] Tags { get; set; } = [];

    /// <summary>How long a run may take before it is cancelled and counted as timed out.</summary>
    /// <value>
    /// A number with a unit (<c>500ms</c>, <c>30s</c>, <c>5m</c>, <c>2h</c>, <c>1d</c>) or <c>hh:mm:ss</c>, more
    /// than zero and at most 30 days. The default is null: the host's own limit, which is none unless its operator sets one.
    /// </value>
    public string? Timeout { get; set; }

    /// <summary>How often a run that fails or times out is tried in all.</summary>
    /// <value>1 to 100. The default is 1: no retry.</value>
    public int MaxAttempts { get; set; } = 1;

    /// <summary>How many runs of the script may be under way at once; further ones wait.</summary>
    /// <value>0 to 10,000. The default is 0: as many as the host allows.</value>
    public int MaxConcurrent { get; set; }

    /// <summary>A group of scripts, also of other plugins, that share a number of runs which may be under way at once.</summary>
    /// <value>
    /// Any name, compared without case; the operator sets the number for each node (<c>Runs:Groups</c>), and for all nodes of
    /// a cluster together (<c>Cluster:Limits</c>). Without either it is one at a time on each. The default is null: no group.
    /// </value>
    public string? Group { get; set; }

    /// <summary>Whether a run is tried again, once, when the host died while it was under way. The script then has to bear being run twice for one reason.</summary>
    /// <value>The default is false: the run is lost.</value>
    public bool RerunWhenLost { get; set; }

    /// <summary>Where the script runs.</summary>
    /// <value>The default is <see cref="ScriptIsolation.Host"/>, unless the operator has set more for this script (<c>Isolation</c>).</value>
    public ScriptIsolation Isolation { get; set; }

    /// <summary>On how many nodes of a cluster it runs for each due time and each request.</summary>
    /// <value>The default is <see cref="PluginHost.RunOn.OneNode"/>.</value>
    public RunOn RunOn { get; set; }

    /// <summary>The label that a node must have to run it (<c>PluginHost:NodeLabels</c>), such as <c>gpu</c> or <c>region=eu</c>. It holds for a host that is alone, too.</summary>
    /// <value>
    /// 1 to 63 letters, digits and <c>. _ = : / -</c>, the first of them a letter or digit; compared without case. The
    /// default is null: any node. While no node has it, a request is refused, and due times are missed, or caught up once a
    /// node has it, as the schedule says (<see cref="ScheduleAttribute.CatchUp"/>).
    /// </value>
    public string? NodeLabel { get; set; }

    /// <summary>How long to wait before the first retry; each further retry waits twice as long, up to an hour.</summary>
    /// <value>Written as <see cref="Timeout"/> is, from <c>0s</c> to <c>1h</c>. The default is <c>10s</c>.</value>
    public string? RetryDelay { get; set; }
}
