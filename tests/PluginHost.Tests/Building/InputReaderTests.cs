using PluginHost.Building;
using PluginHost.Hosting;
using PluginHost.Planning;
using PluginHost.TestInfra;
using PluginHost.Tests.Planning;

namespace PluginHost.Tests.Building;

public sealed class InputReaderTests
{
    private const string Project = "plugins/A/A.csproj";

    private readonly MemoryRepository _repository = new MemoryRepository().Write("common/Shared.cs", "").Write("common/deep/Deep.cs", "").Write("Version.cs", "");
    private TestDirectory _directory = null!;
    private DataDirectory _data = null!;

    [SetUp]
    public void SetUp()
    {
        _directory = new TestDirectory();
        _data = Make.DataDirectory(_directory.Path);
    }

    [TearDown]
    public void TearDown()
    {
        _data.Dispose();
        _directory.Dispose();
    }

    [TestCase("../../build/local.props", "build/local.props")]
    [TestCase("""..\..\build\local.props""", "build/local.props")]
    [TestCase("$(MSBuildThisFileDirectory)local.props", "plugins/A/local.props")]
    [TestCase("$(MSBuildProjectDirectory)/../local.props", "plugins/local.props")]
    public void AnImportOfAFileThatIsNotThere_CountsAsMissing(string import, string path)
    {
        _repository.Write(Project, $"""<Project><Import Project="{import}" Condition="Exists('{import}')" /></Project>""");

        var inputs = Read([], []);

        Assert.That(inputs.Files, Does.ContainKey(path));
        Assert.That(inputs.Files[path], Is.Null);
        Assert.That(inputs.FirstDifference(_repository.Write(path, "<Project />").Snapshot().Tree, "sdk"), Is.EqualTo($"{path} was added"));
    }

    [TestCase("$(Elsewhere)/local.props")]
    [TestCase("../../../../outside.props")]
    [TestCase("*.props")]
    public void AnImportThatOnlyMSBuildCanResolve_AddsNothing(string import)
    {
        _repository.Write(Project, $"""<Project><Import Project="{import}" /></Project>""");

        Assert.That(Read([], []).Files.Keys.Select(Path.GetFileName), Has.None.EqualTo(Path.GetFileName(import)));
    }

    [TestCase("common/Shared.cs", "", "common/**/*.cs")]
    [TestCase("common/deep/Deep.cs", "deep/", "common/**/*.cs")]
    [TestCase("common/deep/Deep.cs", "common/deep/", "**/*.cs")]
    [TestCase("Version.cs", "", "*.cs")]
    public void AnItemFromOutsideTheProjectsFolder_CountsWithItsLike(string item, string below, string pattern)
    {
        _repository.Write(Project, "<Project />");

        Assert.That(Read([], [(item, below)]).Folders.Keys, Is.EquivalentTo(new[] { "plugins/A", pattern }));
    }

    [Test]
    public void AnItemOfTheProjectsOwnFolder_NeedsNoPattern()
    {
        _repository.Write(Project, "<Project />").Write("plugins/A/A.cs", "");

        Assert.That(Read(["plugins/A/A.cs"], [("plugins/A/A.cs", "")]).Folders.Keys, Is.EqualTo(new[] { "plugins/A" }));
    }

    [Test]
    public void WhenTheBuildWasEndedWhileItWroteWhatItHadRead_NothingIsKnownOfIt()
    {
        _repository.Write(Project, "<Project />");
        var cut = _directory.Combine("cut.zip");
        File.WriteAllBytes(cut, [0x50, 0x4B, 0x03, 0x04, 0x14]);

        Assert.That(TryRead([], [], cut), Is.Null);
    }

    private InputManifest Read(string[] inputs, (string Path, string Below)[] items) => TryRead(inputs, items, "none.zip")!;

    private InputManifest? TryRead(string[] inputs, (string Path, string Below)[] items, string importsArchive)
    {
        var workspace = new Workspace(_data, "default");
        var snapshot = _repository.Snapshot();
        workspace.MoveTo(snapshot);
        var facts = new ProjectFacts
        {
            Project = Path.Combine(workspace.Root, Project),
            Inputs = [.. inputs.Select(path => Path.Combine(workspace.Root, path))],
            Items = [.. items.Select(item => new ItemFact(Path.Combine(workspace.Root, item.Path), item.Below))],
            References = [],
        };
        return new InputReader(workspace, snapshot.Tree, new Dictionary<string, ProjectFacts> { [facts.Project] = facts }, importsArchive).Read(Project, "sdk");
    }
}
