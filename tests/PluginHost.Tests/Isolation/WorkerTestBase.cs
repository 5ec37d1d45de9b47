using System.Text.Json.Nodes;
using PluginHost.Tests.Running;

namespace PluginHost.Tests.Isolation;

/// <summary>A host whose worker processes are real; its scripts are those of <see cref="Acting"/> and its neighbours.</summary>
public abstract class WorkerTestBase : RunTestBase
{
    /// <summary>No other timer is set to so much.</summary>
    private protected static readonly TimeSpan Grace = TimeSpan.FromSeconds(31);

    /// <summary>Starts a run that does something.</summary>
    private protected Task<RunInfo> StartAsync(string what) =>
        Host.StartAsync("Acting", new RunRequest { Parameters = new JsonObject { ["what"] = what } });

    /// <summary>Waits until its script has said that it is about to.</summary>
    private protected Task UntilActingAsync(RunInfo run) => Host.UntilAsync(() => Host.Runs.Get(run.Id).Progress is not null);
}
