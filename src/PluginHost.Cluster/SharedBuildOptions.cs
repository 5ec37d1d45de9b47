namespace PluginHost;

/// <summary>How nodes share what they build: the configuration section <c>PluginHost:Cluster:Builds</c>.</summary>
public sealed class SharedBuildOptions
{
    /// <summary>Whether a commit is built by one node, and the others take what it has built.</summary>
    /// <value>The default is true. When it is false, each node builds for itself.</value>
    /// <remarks>Whoever can write to where builds are shared can have any code run on every node.</remarks>
    public bool Share { get; set; } = true;

    /// <summary>A folder that all nodes can write to, through which they share builds.</summary>
    /// <value>The default is null: they are shared through the database.</value>
    public string? Folder { get; set; }

    /// <summary>How long a node waits for another one that builds the same commit, before it builds for itself.</summary>
    /// <value>Zero, which means that it does not wait, to 1 hour. The default is 2 minutes.</value>
    /// <remarks>A node that has died is not waited for.</remarks>
    public TimeSpan Wait { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How large a build may be, compressed, to be shared. A larger one each node builds for itself.</summary>
    /// <value>In bytes, 0 to 512 MiB. The default is 64 MiB.</value>
    public long MaxBytes { get; set; } = 64L << 20;

    /// <summary>How much space all shared builds together may take, compressed; the oldest go first. Of each plugin as many are kept, and for as long, as <see cref="RetentionOptions.Versions"/> says.</summary>
    /// <value>In bytes, at least 0. The default is 1 GiB. What is live or pinned is kept all the same.</value>
    public long MaxTotalBytes { get; set; } = 1L << 30;
}
