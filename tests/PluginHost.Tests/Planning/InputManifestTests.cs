using PluginHost.Planning;

namespace PluginHost.Tests.Planning;

public sealed class InputManifestTests
{
    private readonly MemoryRepository _repository = new MemoryRepository()
        .Write("plugins/A/A.csproj", "<Project />")
        .Write("plugins/A/A.cs", "class A;")
        .Write("plugins/A/protos/a.proto", "message A {}")
        .Write("plugins/B/B.cs", "class B;")
        .Write("common/Shared.cs", "class Shared;")
        .Write("common/deep/Deep.cs", "class Deep;");

    /// <summary>Other hosts compare it with what they compute.</summary>
    [Test]
    public void TheContentKey_IsTheSame_AfterItWasWrittenAndRead()
    {
        var manifest = new InputManifest
        {
            Files = new(StringComparer.Ordinal) { ["a.cs"] = "1", ["B.cs"] = "2", ["_.cs"] = null }, Folders = new(StringComparer.Ordinal) { ["b"] = "3", ["A"] = "4" }, Environment = "sdk",
        };
        var read = System.Text.Json.JsonSerializer.Deserialize<InputManifest>(System.Text.Json.JsonSerializer.Serialize(manifest))!;

        Assert.That(read.ContentKey, Is.EqualTo(manifest.ContentKey));
    }

    [Test]
    public void AFileThatNoItemNames_CountsByItsContent()
    {
        var made = Capture([], "plugins/A");

        _repository.Write("plugins/A/protos/a.proto", "message B {}");

        Assert.That(Difference(made), Is.EqualTo("a file in plugins/A was changed"));
        Assert.That(Capture([], "plugins/A").ContentKey, Is.Not.EqualTo(made.ContentKey));
    }

    [Test]
    public void AFileThatAnItemNames_IsNamedInTheReason()
    {
        var made = Capture(["plugins/A/A.cs"], "plugins/A");

        _repository.Write("plugins/A/A.cs", "class A2;");

        Assert.That(Difference(made), Is.EqualTo("plugins/A/A.cs was changed"));
    }

    [Test]
    public void AFileThatComes_IsToldFromOneThatChanges()
    {
        var made = Capture([], "plugins/A");

        _repository.Write("plugins/A/protos/b.proto", "message B {}");

        Assert.That(Difference(made), Is.EqualTo("files were added to or removed from plugins/A"));
    }

    [TestCase("plugins/A/README.md")]
    [TestCase("plugins/A/docs/notes.md")]
    [TestCase("plugins/B/B.cs")]
    public void WhatNoBuildReads_DoesNotCount(string path)
    {
        var made = Capture(["plugins/A/A.cs"], "plugins/A");

        _repository.Write(path, "text");

        Assert.That(Difference(made), Is.Null);
    }

    [Test]
    public void AProjectAtTheRoot_TakesInTheWholeRepository()
    {
        var made = Capture([], "");

        _repository.Write("plugins/B/B.cs", "class B2;");

        Assert.That(Difference(made), Is.EqualTo("a file in the root folder was changed"));
    }

    [Test]
    public void ALinkedFile_CountsByWhatItLeadsTo()
    {
        _repository.Link("plugins/A/Shared.cs", "../../common/Shared.cs");
        var named = Capture(["plugins/A/Shared.cs"]);
        var inFolder = Capture([], "plugins/A");

        _repository.Write("common/Shared.cs", "class Shared2;");

        Assert.That(Difference(named), Is.EqualTo("plugins/A/Shared.cs was changed"));
        Assert.That(Difference(inFolder), Is.EqualTo("a file in plugins/A was changed"));
    }

    [Test]
    public void AFileInALinkedFolder_CountsByWhatItIs()
    {
        _repository.Link("plugins/A/shared", "../../common");
        var named = Capture(["plugins/A/shared/deep/Deep.cs"]);
        var inFolder = Capture([], "plugins/A");

        _repository.Write("common/deep/Deep.cs", "class Deep2;");

        Assert.That(Difference(named), Is.EqualTo("plugins/A/shared/deep/Deep.cs was changed"));
        Assert.That(Difference(inFolder), Is.Not.Null);
    }

    [Test]
    public void LinksThatLeadInACircle_EndSomewhere()
    {
        _repository.Link("plugins/A/up", "..").Link("plugins/A/here", "here").Link("plugins/A/there", "up/A");

        Assert.That(Difference(Capture(["plugins/A/here", "plugins/A/there/x.cs", "plugins/A/up/A/up/A/A.cs"], "plugins/A")), Is.Null);
    }

    [TestCase("common/New.cs", true, true)]
    [TestCase("common/new/New.cs", true, false)]
    [TestCase("common/New.txt", false, false)]
    [TestCase("elsewhere/New.cs", false, false)]
    public void WhatAPatternWouldFind_Counts(string path, bool recursive, bool flat)
    {
        var deep = Capture([], InputFolder.Pattern("common", ".cs", recursive: true));
        var top = Capture([], InputFolder.Pattern("common", ".cs", recursive: false));

        _repository.Write(path, "class New;");

        Assert.That(Difference(deep), recursive ? Is.EqualTo("files were added to or removed from common/**/*.cs") : Is.Null);
        Assert.That(Difference(top), flat ? Is.EqualTo("files were added to or removed from common/*.cs") : Is.Null);
    }

    private InputManifest Capture(string[] files, params string[] folders) =>
        InputManifest.Capture(_repository.Snapshot().Tree, files, folders, "sdk");

    private string? Difference(InputManifest made) => made.FirstDifference(_repository.Snapshot().Tree, "sdk");
}
