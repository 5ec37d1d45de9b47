namespace PluginHost;

/// <summary>How much of the past is kept on disk. What is live, or still holds runs, is always kept.</summary>
public sealed class RetentionOptions
{
    /// <summary>Builds of plugins that are not live. A kept one goes live again without being built.</summary>
    /// <value>The count is for each plugin. The default is 20 builds, 90 days and 10 GiB.</value>
    public RetentionLimit Versions { get; set; } = new() { Count = 20, Age = TimeSpan.FromDays(90), Bytes = 10L << 30 };

    /// <summary>The logs and binary logs of builds.</summary>
    /// <value>The count is for each source. The default is 100 builds, 30 days and 1 GiB.</value>
    public RetentionLimit BuildLogs { get; set; } = new() { Count = 100, Age = TimeSpan.FromDays(30), Bytes = 1L << 30 };

    /// <summary>The logs of runs.</summary>
    /// <value>The default is 30 days and 5 GiB, however many they are.</value>
    public RetentionLimit RunLogs { get; set; } = new() { Age = TimeSpan.FromDays(30), Bytes = 5L << 30 };

    /// <summary>Runs that have ended, in the history, and what became of the times of schedules.</summary>
    /// <value>The default is 90 days and 100,000 runs of each script.</value>
    public RunRetention Runs { get; set; } = new();

    /// <summary>For how long it is kept who did what.</summary>
    /// <value>More than zero; null for ever. The default is 365 days.</value>
    public TimeSpan? Audit { get; set; } = TimeSpan.FromDays(365);
}

/// <summary>Up to where runs are kept in the history; the oldest go first.</summary>
public sealed class RunRetention
{
    /// <summary>How many of each script.</summary>
    /// <value>At least 0; null for any number. The default is 100,000.</value>
    public int? Count { get; set; } = 100_000;

    /// <summary>For how long, and the times of schedules as well.</summary>
    /// <value>More than zero; null for ever. The default is 90 days.</value>
    public TimeSpan? Age { get; set; } = TimeSpan.FromDays(90);
}

/// <summary>Up to where things are kept; the oldest go first.</summary>
public sealed class RetentionLimit
{
    /// <summary>How many.</summary>
    /// <value>At least 0; null for any number.</value>
    public int? Count { get; set; }

    /// <summary>For how long.</summary>
    /// <value>More than zero; null for ever.</value>
    public TimeSpan? Age { get; set; }

    /// <summary>How much disk space all of them together may take.</summary>
    /// <value>In bytes, at least 0; null for any.</value>
    public long? Bytes { get; set; }
}
