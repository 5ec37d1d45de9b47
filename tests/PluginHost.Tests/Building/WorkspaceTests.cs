using PluginHost.Building;
using PluginHost.Hosting;
using PluginHost.Sources;
using PluginHost.TestInfra;
using PluginHost.Tests.Planning;

namespace PluginHost.Tests.Building;

public sealed class WorkspaceTests
{
    private TestDirectory _directory = null!;
    private DataDirectory _data = null!;
    private Workspace _workspace = null!;
    private MemoryRepository _repository = null!;

    [SetUp]
    public void SetUp()
    {
        _directory = new TestDirectory();
        _data = Make.DataDirectory(_directory.Path);
        _workspace = new Workspace(_data, "default");
        _repository = new MemoryRepository().Write("a.txt", "1").Write("folder/b.txt", "2");
        _workspace.MoveTo(_repository.Snapshot());
    }

    [Test]
    public void WhatABuildDid_IsUndoneBeforeTheNextMove_WhenThereIsTime()
    {
        File.WriteAllText(Path.Combine(_workspace.Root, "made.txt"), "by a build");
        File.WriteAllText(Path.Combine(_workspace.Root, "a.txt"), "changed by a build");

        _workspace.TidyUp();
        _workspace.MoveTo(_repository.Snapshot());

        Assert.That(File.Exists(Path.Combine(_workspace.Root, "made.txt")), Is.False);
        Assert.That(File.ReadAllText(Path.Combine(_workspace.Root, "a.txt")), Is.EqualTo("1"));
    }

    [TearDown]
    public void TearDown()
    {
        _data.Dispose();
        _directory.Dispose();
    }

    [Test]
    public void TheTreeHoldsTheCommit() => Assert.That(Files(), Is.EqualTo("a.txt=1 folder/b.txt=2"));

    [Test]
    public void MovingOn_WritesOnlyWhatChanged()
    {
        var before = File.GetLastWriteTimeUtc(Full("a.txt"));
        _repository.Write("folder/b.txt", "3").Write("folder/c.txt", "4");

        _workspace.MoveTo(_repository.Snapshot());

        Assert.That(Files(), Is.EqualTo("a.txt=1 folder/b.txt=3 folder/c.txt=4"));
        Assert.That(File.GetLastWriteTimeUtc(Full("a.txt")), Is.EqualTo(before));
    }

    [Test]
    public void WhatABuildAdded_IsGone()
    {
        File.WriteAllText(Full("folder/generated.cs"), "class Generated;");
        File.WriteAllText(Full("folder/.hidden"), "");

        _workspace.MoveTo(_repository.Snapshot());

        Assert.That(Files(), Is.EqualTo("a.txt=1 folder/b.txt=2"));
    }

    [Test]
    public void WhatABuildChanged_IsAsItWasCommitted()
    {
        File.WriteAllText(Full("a.txt"), "changed by a target");

        _workspace.MoveTo(_repository.Snapshot());

        Assert.That(Files(), Is.EqualTo("a.txt=1 folder/b.txt=2"));
    }

    [Test]
    public void WhatABuildDeleted_IsThereAgain()
    {
        File.Delete(Full("folder/b.txt"));

        _workspace.MoveTo(_repository.Snapshot());

        Assert.That(Files(), Is.EqualTo("a.txt=1 folder/b.txt=2"));
    }

    [Test]
    public void AFileMayTakeThePlaceOfAFolder_AndAFolderThatOfAFile()
    {
        _repository.Delete("a.txt").Delete("folder/b.txt").Write("folder", "now a file").Write("a.txt/inside.txt", "now a folder");

        _workspace.MoveTo(_repository.Snapshot());

        Assert.That(Files(), Is.EqualTo("a.txt/inside.txt=now a folder folder=now a file"));
    }

    [Test]
    public void ALinkWithinTheRepository_IsALink_AndOneOutOfIt_IsNotThere()
    {
        _repository.Link("link.txt", "folder/b.txt").Link("passwords", "/etc/passwd").Link("up", "../../..");

        _workspace.MoveTo(_repository.Snapshot());

        Assert.Multiple(() =>
        {
            Assert.That(File.ReadAllText(Full("link.txt")), Is.EqualTo("2"));
            Assert.That(File.Exists(Full("passwords")), Is.False);
            Assert.That(Directory.Exists(Full("up")), Is.False);
        });
    }

    [Test]
    public void ANewHost_StartsFromAnEmptyTree()
    {
        File.WriteAllText(Full("left-over.cs"), "class LeftOver;");

        new Workspace(_data, "default").MoveTo(_repository.Snapshot());

        Assert.That(Files(), Is.EqualTo("a.txt=1 folder/b.txt=2"));
    }

    [Test]
    public void MSBuildsSearchUpwards_EndsAtTheWorkspace() =>
        Assert.That(File.ReadAllText(Path.Combine(_workspace.Root, "..", "Directory.Build.props")), Is.EqualTo("<Project />"));

    private string Full(string path) => Path.Combine(_workspace.Root, path);

    private string Files() => string.Join(' ', Directory.EnumerateFiles(_workspace.Root, "*", SearchOption.AllDirectories)
        .Where(file => new FileInfo(file).LinkTarget is null)
        .Select(file => $"{RepositoryPath.FromFile(_workspace.Root, file)}={File.ReadAllText(file)}")
        .Order(StringComparer.Ordinal));
}
