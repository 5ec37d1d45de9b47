namespace PluginHost.Benchmarks.Live;

/// <summary>A way from an edited source file to running code.</summary>
internal interface IContestant : IAsyncDisposable
{
    string Name { get; }

    /// <summary>Edits the script so that it answers the given number, and takes the time until the new code is there.</summary>
    Task<TimeSpan> MeasureAsync(int number);
}
