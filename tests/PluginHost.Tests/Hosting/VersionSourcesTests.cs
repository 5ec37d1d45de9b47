using PluginHost.Artifacts;
using PluginHost.Hosting;
using PluginHost.Planning;
using PluginHost.Sources;
using PluginHost.TestInfra;

namespace PluginHost.Tests.Hosting;

/// <summary>Of a version those files are shown that went into its build.</summary>
public sealed class VersionSourcesTests
{
    private readonly ArtifactCatalog _catalog = new();
    private TestDirectory _directory = null!;
    private TestRepository _repository = null!;
    private DataDirectory _data = null!;
    private VersionSources _sources = null!;

    [SetUp]
    public void SetUp()
    {
        _directory = new TestDirectory();
        _data = Make.DataDirectory(_directory.Combine("data"));
        _sources = new VersionSources(_catalog, new CommitFiles(_data));
        _repository = TestRepository.Create(_directory.Combine("remote"));
        _repository.Write("Directory.Build.props", "<Project />").Write("plugins/A/A.csproj", "<Project />").Write("plugins/A/a.cs", "one\n").Write("plugins/B/secret.cs", "b\n");
    }

    [TearDown]
    public void TearDown()
    {
        _data.Dispose();
        _directory.Dispose();
    }

    [Test]
    public void ItsOwnFilesComeFirst_AndThoseOfOthersNotAtAll()
    {
        var version = Keep("aaaaaaaaa", 1, "Directory.Build.props", "plugins/A/A.csproj", "plugins/A/a.cs");
        Clone();

        Assert.That(_sources.Read("a", version).Select(file => file.Path), Is.EqualTo(new[] { "plugins/A/a.cs", "plugins/A/A.csproj", "Directory.Build.props" }));
    }

    [Test]
    public void AVersion_IsComparedWithTheOneBuiltBeforeIt_OrWithAnother()
    {
        var first = Keep("aaaaaaaaa", 1, "plugins/A/A.csproj", "plugins/A/a.cs");
        _repository.Write("plugins/A/a.cs", "two\n");
        var second = Keep("bbbbbbbbb", 2, "plugins/A/A.csproj", "plugins/A/a.cs");
        _repository.Write("plugins/A/a.cs", "three\n").Write("plugins/A/new.cs", "n\n");
        var third = Keep("ccccccccc", 3, "plugins/A/A.csproj", "plugins/A/a.cs", "plugins/A/new.cs");
        Clone();

        Assert.Multiple(() =>
        {
            Assert.That(_sources.Compare("A", first, null), Has.Property("Against").Null);
            Assert.That(Told(_sources.Compare("A", second, null)), Is.EqualTo($"{first}: plugins/A/a.cs Changed"));
            Assert.That(Told(_sources.Compare("A", third, null)), Is.EqualTo($"{second}: plugins/A/a.cs Changed, plugins/A/new.cs Added"));
            Assert.That(Told(_sources.Compare("A", first, third)), Is.EqualTo($"{third}: plugins/A/a.cs Changed, plugins/A/new.cs Removed"));
            Assert.That(_sources.Compare("A", third, first).Files[0].Patch, Does.Contain("-one\n+three"));
        });
    }

    [Test]
    public void AVersionThatIsNotKept_IsNotFound()
    {
        Keep("aaaaaaaaa", 1, "plugins/A/a.cs");

        Assert.That(() => _sources.Read("A", "1234567-89abcdef"), Throws.TypeOf<NotFoundException>());
        Assert.That(() => _sources.Compare("A", "1234567-89abcdef", null), Throws.TypeOf<NotFoundException>());
    }

    private static string Told(VersionChanges changes) => $"{changes.Against}: {string.Join(", ", changes.Files.Select(file => $"{file.Path} {file.Kind}"))}";

    private string Keep(string contentKey, int day, params string[] files)
    {
        var commit = _repository.Commit($"Commit of day {day}");
        var artifact = Make.Artifact(contentKey) with
        {
            PluginId = "A", Source = "default", Project = "plugins/A/A.csproj", Commit = commit, BuiltAt = new DateTimeOffset(2026, 1, day, 0, 0, 0, TimeSpan.Zero),
            Inputs = new InputManifest
            {
                Files = new(files.ToDictionary(file => file, string? (file) => _repository.Git("rev-parse", $"HEAD:{file}").Trim()), StringComparer.Ordinal) { ["plugins/A/would-be.props"] = null },
                Folders = [], Environment = "",
            },
        };
        _catalog.Add(artifact);
        return artifact.Version;
    }

    private void Clone()
    {
        Directory.CreateDirectory(_data.Source("default"));
        Command.Run(_directory.Path, "git", "clone", "--quiet", "--bare", _repository.Path, GitClone.DirectoryIn(_data.Source("default")));
    }
}
