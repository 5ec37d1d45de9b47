using PluginHost.TestInfra;

namespace PluginHost.EndToEnd.Tests;

/// <summary>A repository of its own for each test, and a host over it.</summary>
public abstract class HostTestBase
{
    protected TestDirectory Folder { get; private set; } = null!;

    protected TestRepository Repository { get; private set; } = null!;

    protected string Data => Folder.Combine("data");

    [SetUp]
    public void CreateRepository()
    {
        Folder = new TestDirectory();
        Repository = TestRepository.Create(Folder.Combine("repository"));
    }

    [TearDown]
    public void DeleteRepository() => Folder.Dispose();

    /// <summary>A host whose first load has ended.</summary>
    protected Task<ReadyHost> StartAsync() => ReadyHost.StartAsync(Repository.Path, Data);
}
