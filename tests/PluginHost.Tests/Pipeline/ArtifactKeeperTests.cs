using Microsoft.Extensions.Options;
using PluginHost.Artifacts;
using PluginHost.Building;
using PluginHost.Hosting;
using PluginHost.Pipeline;
using PluginHost.Planning;
using PluginHost.Swapping;
using PluginHost.TestInfra;
using PluginHost.Tests.Sources.Drops;

namespace PluginHost.Tests.Pipeline;

public sealed class ArtifactKeeperTests
{
    private readonly ArtifactCatalog _catalog = new();
    private DropFixture _drops = null!;
    private TestDirectory _directory = null!;
    private DataDirectory _data = null!;

    [SetUp]
    public void SetUp()
    {
        _drops = new DropFixture();
        _directory = new TestDirectory();
        _data = Make.DataDirectory(_directory.Path);
    }

    [TearDown]
    public void TearDown()
    {
        _data.Dispose();
        _directory.Dispose();
        _drops.Dispose();
    }

    [Test]
    public async Task ADrop_IsKeptAsItsManifestNamesIt_WithItsOwnCommit()
    {
        _drops.Drop("A", "1", 1, "one", commit: new string('c', 40));
        _drops.Drop("B", "1", 2, "one", commit: new string('d', 40));
        var plan = Plan(await _drops.LookAsync());

        var kept = Keep(plan).Select(candidate => candidate.Artifact!).ToList();

        Assert.That(kept.Select(artifact => (artifact.PluginId, artifact.Commit, artifact.Message)), Is.EqualTo(new[] { ("A", new string('c', 40), "drop 1"), ("B", new string('d', 40), "drop 1") }));
        Assert.That(File.ReadAllText(kept[0].AssemblyPath), Is.EqualTo("one"));
        Assert.That(kept[0].Files!.Keys, Is.EquivalentTo(new[] { "A.dll", Path.Combine("native", "x.so") }), "The manifest is none of the plugin's files.");
    }

    [Test]
    public async Task ADropThatIsChangedAfterItWasFoundWhole_IsRejected_TheOtherIsKept_AndItIsLookedAtAgain()
    {
        var folder = _drops.Drop("A", "1", 1, "one");
        _drops.Drop("B", "1", 1, "one");
        var snapshot = await _drops.LookAsync();
        File.WriteAllText(Path.Combine(folder, "A.dll"), "two");

        var candidates = Keep(Plan(snapshot));

        Assert.That(candidates.Select(candidate => (candidate.PluginId, candidate.Outcome, candidate.Artifact is null)), Is.EqualTo(new[] { ("A", PluginOutcomeKind.Rejected, true), ("B", default(PluginOutcomeKind?), false) }));
        Assert.That(candidates[0].Problem!.Message, Does.StartWith("Drop 1 of A is not taken: its file A.dll was changed after it was found whole."));
        Assert.That(candidates[0].Inputs, Is.Null, "The same content is worth another try.");
        Assert.That((await _drops.LookAsync(snapshot)).Drops![0].Current, Is.Null);
    }

    [Test]
    public async Task ADropThatCannotBeWrittenToTheHostsOwnFolder_IsRejectedAlone_AndIsLookedAtAgain()
    {
        _drops.Drop("A", "1", 1, "one");
        _drops.Drop("B", "1", 1, "one");
        var snapshot = await _drops.LookAsync();
        Directory.CreateDirectory(_data.Artifacts);
        File.WriteAllText(Path.Combine(_data.Artifacts, "A"), "where its folder is to be");

        var candidates = Keep(Plan(snapshot));

        Assert.That(candidates.Select(candidate => (candidate.Outcome, candidate.Artifact is null)), Is.EqualTo(new[] { (PluginOutcomeKind.Rejected, true), (default(PluginOutcomeKind?), false) }));
        Assert.That(candidates[0].Problem!.Message, Does.StartWith("Drop 1 of A is not taken: it cannot be kept here ("));
        Assert.That(Directory.GetDirectories(_data.ArtifactStaging), Is.Empty);
        Assert.That((await _drops.LookAsync(snapshot)).Tree, Is.Not.SameAs(snapshot.Tree), "It is tried again.");
    }

    private static ChangePlan Plan(PluginHost.Sources.SourceSnapshot snapshot) => new ChangePlanner(new ProjectScanner(), new ArtifactCatalog()).Plan(
        snapshot, "", DroppedBuilds.Environment,
        new KnownPlugins(new Dictionary<string, PluginArtifact>(), new Dictionary<string, string>(), new Dictionary<string, Rejection>(), new Dictionary<string, PluginArtifact>()));

    private IReadOnlyList<Candidate> Keep(ChangePlan plan) =>
        new ArtifactKeeper(Make.ArtifactStore(_data, _catalog), new LiveRegistry(), Options.Create(new PluginHostOptions()), _drops.Time).Keep(plan, DroppedBuilds.Take(plan));
}
