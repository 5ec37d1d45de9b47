using PluginHost.Artifacts;
using PluginHost.Hosting;
using PluginHost.Planning;
using PluginHost.TestInfra;

namespace PluginHost.Tests.Artifacts;

public sealed class ArtifactStoreTests
{
    private TestDirectory _directory = null!;
    private DataDirectory _data = null!;
    private string _output = null!;

    [SetUp]
    public void SetUp()
    {
        _directory = new TestDirectory();
        _data = Make.DataDirectory(_directory.Combine("data"));
        _output = _directory.Combine("output");
        Directory.CreateDirectory(Path.Combine(_output, "de"));
        File.WriteAllText(Path.Combine(_output, "A.dll"), "code");
        File.WriteAllText(Path.Combine(_output, "de", "A.resources.dll"), "texts");
    }

    [TearDown]
    public void TearDown()
    {
        _data.Dispose();
        _directory.Dispose();
    }

    [Test]
    public void Keep_CopiesTheOutput_WithItsFolders()
    {
        var kept = Open(out var catalog).Keep(Artifact("one"), _output);

        Assert.Multiple(() =>
        {
            Assert.That(File.ReadAllText(kept.AssemblyPath), Is.EqualTo("code"));
            Assert.That(File.ReadAllText(Path.Combine(kept.Directory, "de", "A.resources.dll")), Is.EqualTo("texts"));
            Assert.That(catalog.Of("a"), Is.EqualTo(new[] { kept }), "ids are compared without case");
        });
    }

    [Test]
    public void Keep_OfContentThatIsKept_AnswersWhatIsThere()
    {
        var store = Open(out _);
        var first = store.Keep(Artifact("one"), _output);
        File.WriteAllText(Path.Combine(_output, "A.dll"), "other code");

        Assert.That(store.Keep(Artifact("one"), _output), Is.SameAs(first));
        Assert.That(File.ReadAllText(first.AssemblyPath), Is.EqualTo("code"));
    }

    [Test]
    public void Keep_OfNamedFiles_TakesThoseAndNoOthers()
    {
        var kept = Open(out _).Keep(Artifact("one"), _output, new Dictionary<string, string> { ["A.dll"] = Hash("code") });

        Assert.That(Directory.GetFiles(kept.Directory, "*", SearchOption.AllDirectories), Is.EqualTo(new[] { kept.AssemblyPath }));
    }

    [TestCase("A.dll", "its file A.dll was changed after it was found whole")]
    [TestCase("gone.dll", "its file gone.dll cannot be copied")]
    public void Keep_OfAFileThatIsNotWhatItWas_KeepsNothing(string name, string words)
    {
        var files = new Dictionary<string, string> { ["de/A.resources.dll"] = Hash("texts"), [name] = Hash("other code") };
        var store = Open(out var catalog);

        Assert.That(() => store.Keep(Artifact("one"), _output, files), Throws.InstanceOf<InvalidDataException>().With.Message.Contains(words));
        Assert.That(catalog.Of("A"), Is.Empty);
        Assert.That(Directory.GetDirectories(_data.ArtifactStaging), Is.Empty);
    }

    [Test]
    [Platform("Linux", Reason = "It has a file there that can be opened, and not read.")]
    public void Keep_OfAFileThatCannotBeReadToItsEnd_KeepsNothing_AndNamesIt()
    {
        var store = Open(out var catalog);
        var files = new Dictionary<string, string> { ["self/mem"] = Hash("") };

        // The kernel answers a read of it at address 0 with EIO, as a disk does that is going.
        Assert.That(() => store.Keep(Artifact("one"), "/proc", files), Throws.InstanceOf<InvalidDataException>().With.Message.StartsWith("its file self/mem cannot be copied (").And.InnerException.InstanceOf<IOException>());
        Assert.That(catalog.Of("A"), Is.Empty);
        Assert.That(Directory.GetDirectories(_data.ArtifactStaging), Is.Empty);
    }

    [Test]
    public void Delete_TakesItOutOfTheCatalogue_AndOffTheDisk()
    {
        var store = Open(out var catalog);
        var kept = store.Keep(Artifact("one"), _output);

        store.Delete(kept);

        Assert.That(catalog.Of("A"), Is.Empty);
        Assert.That(Directory.EnumerateFiles(_data.Root, "*.dll", SearchOption.AllDirectories), Is.Empty);
    }

    [Test]
    public void TwoBuildsWithTheSameBytes_HaveTheSameOutputHash()
    {
        var store = Open(out _);
        var one = store.Keep(Artifact("one"), _output);
        var two = store.Keep(Artifact("two"), _output);
        File.WriteAllText(Path.Combine(_output, "A.dll"), "other code");
        var three = store.Keep(Artifact("three"), _output);

        Assert.That(two.OutputHash, Is.EqualTo(one.OutputHash));
        Assert.That(three.OutputHash, Is.Not.EqualTo(one.OutputHash));
    }

    [Test]
    public void AfterARestart_WhatWasKeptIsThere_NewestFirst()
    {
        var store = Open(out _);
        store.Keep(Artifact("one", minute: 1), _output);
        var second = store.Keep(Artifact("two", minute: 2), _output);

        Open(out var catalog);

        Assert.That(catalog.Of("A").Select(artifact => artifact.ContentKey), Is.EqualTo(new[] { Key("two"), Key("one") }));
        Assert.That(catalog.Of("A")[0].Inputs.ContentKey, Is.EqualTo(second.Inputs.ContentKey));
    }

    [Test]
    public void AfterARestart_WhatAKilledHostLeftHalfDone_IsNotThere()
    {
        var kept = Open(out _).Keep(Artifact("one"), _output);
        Directory.CreateDirectory(Path.Combine(_data.ArtifactStaging, "half"));
        File.Delete(Path.Combine(kept.Directory, "..", "artifact.json"));

        Open(out var catalog);

        Assert.That(catalog.Of("A"), Is.Empty);
        Assert.That(Directory.Exists(_data.ArtifactStaging), Is.False);
    }

    [Test]
    public void ADamagedArtifact_IsLeftOut_AndKeptAnewWhenItIsBuiltAgain()
    {
        var kept = Open(out _).Keep(Artifact("one"), _output);
        File.WriteAllText(Path.Combine(kept.Directory, "..", "artifact.json"), "{ not json");
        var store = Open(out var catalog);
        Assert.That(catalog.Of("A"), Is.Empty);

        Assert.That(File.ReadAllText(store.Keep(Artifact("one"), _output).AssemblyPath), Is.EqualTo("code"));
    }

    [Test]
    public void WhatIsNoLongerWhatWasBuilt_IsDamage_AndWhatCameLaterIsNot()
    {
        Open(out _).Keep(Artifact("one"), _output);
        Open(out var catalog);
        var kept = catalog.Of("A").Single();
        File.WriteAllText(Path.Combine(kept.Directory, "cache.json"), "{}");
        Assert.That(ArtifactStore.FindDamage(kept), Is.Null);

        var satellite = Path.Combine(kept.Directory, "de", "A.resources.dll");
        File.WriteAllText(satellite, "TEXTS");
        Assert.That(ArtifactStore.FindDamage(kept), Does.Contain("A.resources.dll is no longer what was built"));

        File.Delete(satellite);
        Assert.That(ArtifactStore.FindDamage(kept), Does.Contain("A.resources.dll is gone"));
    }

    [Test]
    public void Delete_OfWhatIsGone_TakesItOutOfTheCatalogue()
    {
        var store = Open(out var catalog);
        var kept = store.Keep(Artifact("one"), _output);
        Directory.Delete(Path.GetDirectoryName(kept.Directory)!, recursive: true);

        store.Delete(kept);

        Assert.That(catalog.Of("A"), Is.Empty);
    }

    private ArtifactStore Open(out ArtifactCatalog catalog)
    {
        catalog = new ArtifactCatalog();
        var store = Make.ArtifactStore(_data, catalog);
        store.Load();
        return store;
    }

    private static string Key(string name) => Inputs(name).ContentKey;

    private static InputManifest Inputs(string name) => new() { Files = new() { ["A.cs"] = name }, Folders = [], Environment = "sdk" };

    private static PluginArtifact Artifact(string name, int minute = 0) => new()
    {
        PluginId = "A", Source = "default", Project = "plugins/A/A.csproj", ContentKey = Key(name), Commit = new string('1', 40),
        Author = "Ada", Message = "A commit", BuiltAt = new DateTimeOffset(2026, 1, 1, 0, minute, 0, TimeSpan.Zero), AssemblyFile = "A.dll",
        OutputHash = "", Inputs = Inputs(name),
    };

    private static string Hash(string content) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(content)));
}
