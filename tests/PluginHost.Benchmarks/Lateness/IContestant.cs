namespace PluginHost.Benchmarks.Lateness;

/// <summary>A scheduler in this process.</summary>
internal interface IContestant : IAsyncDisposable
{
    /// <summary>Sets the schedules up; from then on each of their jobs calls the recorder first thing.</summary>
    Task StartAsync(Load load, Recorder recorder);
}
