using PluginHost.Artifacts;
using PluginHost.Planning;
using PluginHost.Sources;
using PluginHost.TestInfra;

namespace PluginHost.Tests.Planning;

public sealed class ChangePlannerTests
{
    private const string Environment = "sdk";

    private readonly ArtifactCatalog _catalog = new();
    private readonly Dictionary<string, PluginArtifact> _live = [];
    private readonly Dictionary<string, Rejection> _rejections = [];
    private readonly Dictionary<string, PluginArtifact> _pinned = [];

    // The first commit of each test: a plugin with a library of its own kind and a file that both import.
    private readonly MemoryRepository _repository = new MemoryRepository()
        .Write("plugins/A/A.csproj", PluginSource.Project())
        .Write("plugins/A/A.cs", "class A;")
        .Write("plugins/B/B.csproj", PluginSource.Project("""<ProjectReference Include="../Shared/Shared.csproj" />"""))
        .Write("plugins/B/B.cs", "class B;")
        .Write("plugins/Shared/Shared.csproj", PluginSource.Library())
        .Write("plugins/Shared/Shared.cs", "class Shared;");

    [SetUp]
    public void SetUp()
    {
        Live("A", "plugins/A");
        Live("B", "plugins/B", "plugins/Shared");
    }

    [Test]
    public void ACommitThatChangesNothing_KeepsEverything() => Assert.That(Actions(), Is.EqualTo("A Keep, B Keep"));

    [Test]
    public void ALibraryWithoutTheContract_IsNoPlugin() =>
        Assert.That(Plan().Plugins.Select(plugin => plugin.PluginId), Does.Not.Contain("Shared"));

    [TestCase("README.md")]
    [TestCase("plugins/README.md")]
    [TestCase("plugins/A/README.md")]
    [TestCase("tools/x.cs")]
    public void AFileThatNoBuildReads_RebuildsNothing(string path)
    {
        _repository.Write(path, "text");

        Assert.That(Actions(), Is.EqualTo("A Keep, B Keep"));
    }

    [Test]
    public void AChangedFileOfAPlugin_RebuildsThatPlugin_AndSaysWhich()
    {
        _repository.Write("plugins/A/A.cs", "class A2;");

        Assert.That(Actions(), Is.EqualTo("A Build, B Keep"));
        Assert.That(Plan().Plugins[0].Reason, Is.EqualTo("plugins/A/A.cs was changed"));
    }

    [Test]
    public void ANewFileInAPluginsFolder_RebuildsIt()
    {
        _repository.Write("plugins/A/deep/More.cs", "class More;");

        Assert.That(Actions(), Is.EqualTo("A Build, B Keep"));
    }

    [Test]
    public void AChangedLibrary_RebuildsThePluginsThatReferenceIt()
    {
        _repository.Write("plugins/Shared/Shared.cs", "class Shared2;");

        Assert.That(Actions(), Is.EqualTo("A Keep, B Build"));
    }

    [TestCase("Directory.Build.props")]
    [TestCase("plugins/Directory.Build.targets")]
    [TestCase("Directory.Packages.props")]
    [TestCase("global.json")]
    [TestCase("nuget.config")]
    [TestCase("plugins/.editorconfig")]
    public void ANewFileThatEveryProjectTakesIn_RebuildsAll(string path)
    {
        _repository.Write(path, "<Project />");

        Assert.That(Actions(), Is.EqualTo("A Build, B Build"));
        Assert.That(Plan().Plugins[0].Reason, Is.EqualTo($"{path} was added"));
    }

    [Test]
    public void ANewPackagesLockFile_RebuildsItsPlugin()
    {
        _repository.Write("plugins/A/packages.lock.json", "{}");

        Assert.That(Actions(), Is.EqualTo("A Build, B Keep"));
    }

    [Test]
    public void AnotherSdk_RebuildsAll() =>
        Assert.That(Plan(environment: "sdk 2").Plugins.Select(plugin => plugin.Action), Is.All.EqualTo(PlanAction.Build));

    [Test]
    public void ContentThatWasBuiltBefore_IsReused()
    {
        _repository.Write("plugins/A/A.cs", "class A2;");
        Live("A", "plugins/A");
        _repository.Write("plugins/A/A.cs", "class A;");

        Assert.That(Actions(), Is.EqualTo("A Reuse, B Keep"));
    }

    [Test]
    public void ContentThatWasRefusedBefore_IsNotTriedAgain_UntilItChanges()
    {
        _repository.Write("plugins/A/A.cs", "class A2");
        Reject("A", "plugins/A");
        Assert.That(Actions(), Is.EqualTo("A Reject, B Keep"));

        _repository.Write("README.md", "text");
        Assert.That(Actions(), Is.EqualTo("A Reject, B Keep"));

        _repository.Write("plugins/A/A.cs", "class A3;");
        Assert.That(Actions(), Is.EqualTo("A Build, B Keep"));
    }

    [Test]
    public void ADeletedProject_IsRemoved()
    {
        _repository.Delete("plugins/A/A.csproj").Delete("plugins/A/A.cs");

        var plan = Plan();

        Assert.That(plan.Removed, Is.EqualTo(new[] { "A" }));
        Assert.That(Actions(), Is.EqualTo("B Keep"));
    }

    [Test]
    public void AMovedProject_IsBuiltAtItsNewPlace_AndNotRemoved()
    {
        _repository.Delete("plugins/A/A.csproj").Delete("plugins/A/A.cs")
            .Write("plugins/team/A/A.csproj", PluginSource.Project()).Write("plugins/team/A/A.cs", "class A;");

        var plan = Plan();

        Assert.That(plan.Removed, Is.Empty);
        Assert.That(plan.Plugins.Single(plugin => plugin.PluginId == "A").Reason, Does.Contain("moved from plugins/A/A.csproj to plugins/team/A/A.csproj"));
    }

    [Test]
    public void TwoProjectsOfOneName_AreBothRefused()
    {
        _repository.Write("plugins/other/a.csproj", PluginSource.Project());

        var refused = Plan().Plugins.Single(plugin => plugin.PluginId.Equals("a", StringComparison.OrdinalIgnoreCase));

        Assert.That(refused.Action, Is.EqualTo(PlanAction.Reject));
        Assert.That(refused.Problem!.Message, Does.Contain("plugins/A/A.csproj").And.Contain("plugins/other/a.csproj"));
    }

    [Test]
    public void AProjectWhoseNameCannotBeAnId_IsRefused()
    {
        _repository.Write("plugins/My Plugin/My Plugin.csproj", PluginSource.Project());

        Assert.That(Plan().Plugins.Single(plugin => plugin.Action == PlanAction.Reject).Problem!.Message, Does.Contain("Rename the project file"));
    }

    [Test]
    public void APluginOfAnotherSource_IsNotTakenOver()
    {
        _live.Remove("A");

        var plan = Plan(elsewhere: new() { ["A"] = "other" });

        Assert.That(plan.Plugins[0].Problem!.Message, Does.Contain("live from source 'other'"));
    }

    [TestCase("/etc/passwd")]
    [TestCase("../../../outside")]
    [TestCase("../B/link")]
    public void ALinkOutOfTheRepository_RefusesItsPlugin(string target)
    {
        _repository.Link("plugins/B/link", "/etc").Link("plugins/A/link", target);

        var refused = Plan().Plugins.Single(plugin => plugin.PluginId == "A");

        Assert.That(refused.Problem?.Message, Does.StartWith("plugins/A/link is a symbolic link"));
    }

    [Test]
    public void ALinkWithinTheRepository_IsFollowed()
    {
        _repository.Link("plugins/A/Shared.cs", "../Shared/Shared.cs");

        Assert.That(Actions(), Is.EqualTo("A Build, B Keep"));
    }

    [TestCase("""<Reference Include="PluginHost.Abstractions" />""")]
    [TestCase("""<ProjectReference Include="..\..\src\PluginHost.Abstractions\PluginHost.Abstractions.csproj" />""")]
    [TestCase("""<PackageReference Version="0.1.0" Include = 'PluginHost.Abstractions'/>""")]
    public void AnyReferenceToTheContract_MakesAPlugin(string reference)
    {
        _repository.Write("plugins/C/C.csproj", $"<Project><ItemGroup>{reference}</ItemGroup></Project>");

        Assert.That(Actions(), Is.EqualTo("A Keep, B Keep, C Build"));
    }

    [TestCase("<PropertyGroup><IsTestProject>true</IsTestProject></PropertyGroup>")]
    [TestCase("<PropertyGroup><IsPluginHostPlugin>false</IsPluginHostPlugin></PropertyGroup>")]
    [TestCase("""<ItemGroup><PackageReference Include="Microsoft.NET.Test.Sdk" Version="18.0.0" /></ItemGroup>""")]
    public void AProjectThatSaysItIsNone_IsNoPlugin(string words)
    {
        _repository.Write("plugins/C/C.csproj", PluginSource.Project().Replace("</Project>", $"{words}</Project>", StringComparison.Ordinal));

        Assert.That(Actions(), Is.EqualTo("A Keep, B Keep"));
    }

    [Test]
    public void AReferenceInAComment_IsNone()
    {
        _repository.Write("plugins/C/C.csproj", """<Project><!-- <PackageReference Include="PluginHost.Abstractions" /> --></Project>""");

        Assert.That(Actions(), Is.EqualTo("A Keep, B Keep"));
    }

    [TestCase("plugins/x/..csproj")]
    [TestCase("plugins/x/...csproj")]
    [TestCase("plugins/100%25/C.csproj")]
    [TestCase("plugins/x/C\n.csproj")]
    public void AProjectWhoseNameCouldMeanAnotherPath_IsRefused(string project)
    {
        _repository.Write(project, PluginSource.Project());

        Assert.That(Plan().Plugins.Single(plugin => plugin.Project == project).Action, Is.EqualTo(PlanAction.Reject));
    }

    [Test]
    public void AReferenceInDirectoryBuildProps_MakesEveryProjectBelowAPlugin()
    {
        _repository.Write("plugins/Directory.Build.props", """<Project><ItemGroup><PackageReference Include="PluginHost.Abstractions" /></ItemGroup></Project>""");

        Assert.That(Plan().Plugins.Select(plugin => plugin.PluginId), Is.EquivalentTo(new[] { "A", "B", "Shared" }));
    }

    [Test]
    public void APinnedPlugin_StaysAtItsVersion_WhateverTheCommitChanges()
    {
        _pinned["A"] = _live["A"];
        _repository.Write("plugins/A/A.cs", "class A2;").Write("plugins/B/B.cs", "class B2;");

        Assert.That(Actions(), Is.EqualTo("A Keep, B Build"));
        Assert.That(Plan().Plugins[0].Reason, Is.EqualTo($"it is pinned to version {_live["A"].Version}"));
    }

    [Test]
    public void APluginThatIsPinnedToAnotherVersion_GoesThere_AlsoWhenItsNewestContentWasRejected()
    {
        _pinned["A"] = _live["A"] with { ContentKey = new string('0', 64) };
        _repository.Write("plugins/A/A.cs", "class A2;");
        Reject("A", "plugins/A");

        Assert.That(Actions(), Is.EqualTo("A Reuse, B Keep"));
        Assert.That(Plan().Plugins[0].Artifact, Is.SameAs(_pinned["A"]));
    }

    [Test]
    public void APinnedPluginThatTheCommitNoLongerHas_IsRemoved()
    {
        _pinned["A"] = _live["A"];
        _repository.Delete("plugins/A/A.csproj");

        Assert.That(Plan().Removed, Is.EqualTo(new[] { "A" }));
    }

    private string Actions() => string.Join(", ", Plan().Plugins.Select(plugin => $"{plugin.PluginId} {plugin.Action}"));

    [Test]
    public void APinToAVersionThatIsNowhere_IsAProblem_AndNotTheTip()
    {
        _repository.Write("plugins/A/A.cs", "class A2;");
        var known = new KnownPlugins(_live, new Dictionary<string, string>(), _rejections, _pinned) { PinnedAndGone = new Dictionary<string, string> { ["A"] = "1234567-abcdef01" } };
        var planned = new ChangePlanner(new ProjectScanner(), _catalog).Plan(_repository.Snapshot(), "plugins", Environment, known).Plugins[0];

        Assert.That(planned.Action, Is.EqualTo(PlanAction.Reject));
        Assert.That(planned.Reason, Does.Contain("pinned to version 1234567-abcdef01").And.Contain("unpin it"));
    }

    private ChangePlan Plan(string environment = Environment, Dictionary<string, string>? elsewhere = null) =>
        new ChangePlanner(new ProjectScanner(), _catalog)
            .Plan(_repository.Snapshot(), "plugins", environment, new KnownPlugins(_live, elsewhere ?? [], _rejections, _pinned));

    /// <summary>What the repository holds now was built from the given folders, and is live.</summary>
    private void Live(string id, params string[] folders)
    {
        var artifact = new PluginArtifact
        {
            PluginId = id, Source = "default", Project = $"plugins/{id}/{id}.csproj", Commit = new string('1', 40), Author = "", Message = "",
            BuiltAt = default, AssemblyFile = "", OutputHash = "", ContentKey = Inputs(id, folders).ContentKey, Inputs = Inputs(id, folders),
        };
        _catalog.Add(artifact);
        _live[id] = artifact;
    }

    private void Reject(string id, params string[] folders) =>
        _rejections[id] = new Rejection(Inputs(id, folders), new PluginProblem(ProblemStage.Build, "", "It does not compile.", []));

    private InputManifest Inputs(string id, string[] folders)
    {
        var tree = _repository.Snapshot().Tree;
        var files = folders.SelectMany(folder => tree.FindFolder(folder)!.AllFiles(folder)).Select(file => file.Key);
        return InputManifest.Capture(tree, files.Concat(WellKnownFiles.For($"plugins/{id}/{id}.csproj")), folders, Environment);
    }
}
