namespace PluginHost.Benchmarks.Clusters;

/// <summary>A contestant's node, in a process of its own, over a database that all its nodes share.</summary>
internal interface IClusterNode : IAsyncDisposable
{
    /// <summary>Begins to take part. Each job of a schedule calls the recorder first thing; of a job that was asked for, it is counted that it ran.</summary>
    Task StartAsync(ClusterLoad load, ClusterRecorder recorder);

    /// <summary>Asks for a run. When it answers, the run is stored.</summary>
    Task AskAsync();

    /// <summary>Ends when what ran here is stored as ended, where the contestant has a way to tell.</summary>
    Task SettleAsync();
}
