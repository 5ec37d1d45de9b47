using Microsoft.Extensions.Time.Testing;
using PluginHost.Sources.Drops;
using PluginHost.TestInfra;

namespace PluginHost.Tests.Sources.Drops;

[Platform("Linux", Reason = "Root, who runs tests in containers, may read everything; there a thread can have the rights of another user.")]
public sealed class UnreadableDropsTests
{
    private readonly FakeTimeProvider _time = new();
    private DropFixture _drops = null!;
    private DropFolder _folder = null!;

    [SetUp]
    public void SetUp()
    {
        _drops = new DropFixture();
        _folder = new DropFolder(_drops.Root, (_, _) => false, signatures: null, _time);

        // It was made for its owner alone.
        Forbid(Path.GetDirectoryName(_drops.Root)!, false);
    }

    [TearDown]
    public void TearDown() => _drops.Dispose();

    [Test]
    public void APluginsFolderThatTheHostMayNotRead_IsTold_AndTheOthersAreRead()
    {
        Directory.CreateDirectory(Path.Combine(_drops.Root, "lost+found"));
        _drops.Drop("A", "1", 1, "one");
        _drops.Drop("B", "1", 1, "one");
        Forbid(Path.Combine(_drops.Root, "lost+found"));
        Forbid(Path.Combine(_drops.Root, "A"));

        var (plugins, problem) = Look();

        Assert.That(plugins, Is.EqualTo(new[] { new DroppedPlugin("A", null, null), new DroppedPlugin("B", plugins[1].Current, null), new DroppedPlugin("lost+found", null, null) }));
        Assert.That(plugins[1].Current?.Version, Is.EqualTo("1"));
        Assert.That(problem, Does.StartWith("The folder A cannot be read (").And.Contains("The folder lost+found cannot be read ("));
    }

    [Test]
    public void ANewDropThatTheHostMayNotRead_IsToldOnceItIsAtRest_AndTheOneBeforeCounts()
    {
        _drops.Drop("A", "1", 1, "one");
        Forbid(_drops.Drop("A", "2", 2, "two"));
        Look();
        _time.Advance(TimeSpan.FromSeconds(11));

        var (plugins, problem) = Look();

        Assert.That(plugins.Single().Current?.Version, Is.EqualTo("1"));
        Assert.That(problem, Does.StartWith("Drop 2 of A cannot be read ("));
    }

    [TestCase("")]
    [TestCase(DropManifest.FileName)]
    public void WhenTheNewestDropCanNoLongerBeRead_TheOneBeforeDoesNotComeBack_ButANewerOneIsTaken(string file)
    {
        _drops.Drop("A", "1", 1, "one");
        var folder = _drops.Drop("A", "2", 2, "two");
        Assert.That(Look().Plugins.Single().Current?.Version, Is.EqualTo("2"));
        Forbid(Path.Combine(folder, file));
        File.SetLastWriteTimeUtc(Path.Combine(folder, DropManifest.FileName), DateTime.UnixEpoch);
        Look();
        _time.Advance(TimeSpan.FromSeconds(11));
        Look();

        var (plugins, problem) = Look();
        _drops.Drop("A", "3", 3, "three");

        Assert.That(plugins.Single().Current, Is.Null, "What is live stays live.");
        Assert.That(problem, Does.StartWith("Drop 2 of A").And.Contains("cannot be read ("));
        Assert.That(Look().Plugins.Single().Current?.Version, Is.EqualTo("3"));
    }

    [Test]
    public void AManifestThatCannotBeRead_IsToldOnceItIsAtRest_AndTheDropIsTakenOnceItCan()
    {
        var manifest = Path.Combine(_drops.Drop("A", "1", 1, "one"), DropManifest.FileName);
        Forbid(manifest);
        Look();
        _time.Advance(TimeSpan.FromSeconds(6));
        Look();
        _time.Advance(TimeSpan.FromSeconds(6));

        var refused = Look();
        Forbid(manifest, false);

        Assert.That(refused.Problem, Does.StartWith("Drop 1 of A is not taken: its drop.json cannot be read ("));
        Assert.That(Look().Plugins.Single().Current?.Version, Is.EqualTo("1"));
    }

    private (IReadOnlyList<DroppedPlugin> Plugins, string? Problem) Look()
    {
        (IReadOnlyList<DroppedPlugin>, string?) seen = default;
        UnixFiles.AsNobody(() => seen = _folder.Read());
        return seen;
    }

    private static void Forbid(string path, bool isForbidden = true) => UnixFiles.LetOthersRead(path, !isForbidden);
}
