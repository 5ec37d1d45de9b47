namespace PluginHost.Benchmarks.Dispatch;

/// <summary>Something that runs a job when it is asked to.</summary>
internal interface IDispatcher : IAsyncDisposable
{
    string Name { get; }

    /// <param name="firstLine">What the job does, first and only.</param>
    Task StartAsync(Action firstLine);

    /// <summary>Asks for a run. When it answers, the run is accepted, and stored if anything is.</summary>
    Task DispatchAsync();

    /// <summary>Ends when nothing waits and nothing is under way any more.</summary>
    Task UntilIdleAsync();
}
