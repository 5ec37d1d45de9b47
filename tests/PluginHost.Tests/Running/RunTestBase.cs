using PluginHost.TestInfra;

namespace PluginHost.Tests.Running;

/// <summary>A host of its own, with a folder and a clock, for each test.</summary>
public abstract class RunTestBase
{
    private TestDirectory _directory = null!;

    private protected ObservedTime Time { get; } = new();

    private protected RunningHost Host { get; private set; } = null!;

    private protected Stage Stage => Host.Stage;

    [SetUp]
    public void SetUpHost()
    {
        _directory = new TestDirectory();
        Host = new RunningHost(_directory.Path, Time, Configure, Settings);
    }

    [TearDown]
    public async Task TearDownHost()
    {
        await Host.DisposeAsync();
        _directory.Dispose();
    }

    /// <summary>The configuration of the application.</summary>
    private protected virtual Dictionary<string, string?>? Settings => null;

    private protected virtual void Configure(PluginHostOptions options)
    {
    }

    /// <summary>The host dies as it is, and another comes up over what it left on disk.</summary>
    private protected async Task CrashAndRestartAsync()
    {
        Host.Crash();
        await Host.DisposeAsync();
        Host = new RunningHost(_directory.Path, Time, Configure);
    }
}
