using System.Diagnostics;
using PluginHost.Planning;
using PluginHost.Sources;
using PluginHost.TestInfra;

namespace PluginHost.Tests.Sources;

/// <summary>Disks that are full or read-only, repositories of somebody else, and very large ones.</summary>
[Platform("Linux")]
public sealed class HardTimesTests
{
    private TestDirectory _directory = null!;
    private TestRepository _repository = null!;
    private SmallDisk? _disk;

    [SetUp]
    public void SetUp()
    {
        _directory = new TestDirectory();
        _repository = TestRepository.Create(_directory.Combine("remote"));
        _repository.Write("plugins/a.txt", "a").Commit("First");
    }

    [TearDown]
    public void TearDown()
    {
        _disk?.Dispose();
        _directory.Dispose();
    }

    [Test]
    public async Task AFullDisk_IsSaid_AndOnceThereIsRoom_ItGoesOn()
    {
        _disk = SmallDisk.Mount(_directory.Combine("disk"), "size=1m");
        using var source = Make.Source(_repository.Path, _directory.Combine("disk", "clone"));
        var first = await source.PullAsync(null, default);
        File.WriteAllBytes(Path.Combine(_repository.Path, "large.bin"), RandomBytes(4_000_000));
        var commit = _repository.Commit("Large");

        var failure = await Assert.ThrowsAsync<SourceException>(() => source.PullAsync(first, default));
        Assert.That(failure!.Message, Does.Contain("No space left on device").And.Contain("What is live stays live"));

        _disk.Remount("size=50m");
        Assert.That((await source.PullAsync(first, default)).Commit, Is.EqualTo(commit));
    }

    [Test]
    public async Task AReadOnlyDisk_IsSaid_AndOnceItCanBeWritten_ItGoesOn()
    {
        _disk = SmallDisk.Mount(_directory.Combine("disk"), "size=20m");
        using var source = Make.Source(_repository.Path, _directory.Combine("disk", "clone"));
        var first = await source.PullAsync(null, default);
        _disk.Remount("ro");
        var commit = _repository.Write("plugins/a.txt", "b").Commit("Second");

        var failure = await Assert.ThrowsAsync<SourceException>(() => source.PullAsync(first, default));
        Assert.That(failure!.Message, Does.Contain("ead-only").And.Contain("What is live stays live"));

        _disk.Remount("rw");
        Assert.That((await source.PullAsync(first, default)).Commit, Is.EqualTo(commit));
    }

    [Test]
    public async Task ARepositoryOfAnotherUser_SaysHowToTrustIt()
    {
        Requires.Root();
        Command.Run("/", "chown", "-R", "nobody", _repository.Path);
        using var source = Make.Source(_repository.Path, _directory.Combine("clone"));

        var failure = await Assert.ThrowsAsync<SourceException>(() => source.PullAsync(null, default));
        Assert.That(failure!.Message, Does.Contain("belongs to another user").And.Contain("safe.directory"));
    }

    [Test]
    public async Task ABranchThatWasRenamed_IsSaid_AndAnotherAddress_IsFollowed()
    {
        using (var source = Make.Source(_repository.Path, _directory.Combine("clone"), options => options.Branch = "main"))
        {
            await source.PullAsync(null, default);
            _repository.Git("branch", "--move", "main", "trunk");
            var failure = await Assert.ThrowsAsync<SourceException>(() => source.PullAsync(null, default));
            Assert.That(failure!.Message, Does.Contain("has no branch 'main' (it has: trunk)"));
        }

        var other = TestRepository.Create(_directory.Combine("other"));
        var commit = other.Write("b.txt", "b").Commit("Elsewhere");
        using var moved = Make.Source(other.Path, _directory.Combine("clone"));
        Assert.That((await moved.PullAsync(null, default)).Commit, Is.EqualTo(commit));
    }

    // PLUGINHOST_TESTS_FILES=1000000 for a million.
    [Test]
    public async Task ATreeWithVeryManyFiles_IsReadInBoundedTimeAndMemory_AndACommitToItCostsWhatItChanges()
    {
        var count = int.Parse(Environment.GetEnvironmentVariable("PLUGINHOST_TESTS_FILES") ?? "200000", null);
        AddFiles(count);
        _repository.AddPlugin("A").Git("add", "plugins");
        _repository.Git("commit", "--quiet", "--message", "Many");
        using var source = Make.Source(_repository.Path, _directory.Combine("clone"));
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var watch = Stopwatch.StartNew();

        var first = await source.PullAsync(null, default);
        TestContext.Out.WriteLine($"{count} files read in {watch.Elapsed}, {(GC.GetTotalMemory(forceFullCollection: true) - before) / count} bytes each.");
        Assert.That(first.Tree.AllFiles().Count(), Is.GreaterThan(count));
        Assert.That((GC.GetTotalMemory(forceFullCollection: true) - before) / count, Is.LessThan(1000), "Bytes for each file.");
        Assert.That(new ProjectScanner().FindPlugins(first, "plugins"), Has.Count.EqualTo(1));

        _repository.Replace("plugins/A/Work.cs", "1", "2").Git("add", "plugins");
        _repository.Git("commit", "--quiet", "--message", "One");
        var second = await source.PullAsync(first, default);
        Assert.That(SourceTree.Compare(first.Tree, second.Tree).Count(), Is.EqualTo(1));
        Assert.That(second.Tree.FindFolder("many"), Is.SameAs(first.Tree.FindFolder("many")));
    }

    /// <summary>Files of one content, in folders of a thousand, put into the index without being written.</summary>
    private void AddFiles(int count)
    {
        _repository.Write("content", "x").Git("add", "content");
        var blob = _repository.Git("rev-parse", ":content");
        var list = _directory.Combine("index-info");
        File.WriteAllLines(list, Enumerable.Range(0, count).Select(i => $"100644 {blob}\tmany/{i / 1000}/{i % 1000}.txt"));
        Command.Run(_repository.Path, "sh", "-c", $"git update-index --index-info < '{list}'");
    }

    private static byte[] RandomBytes(int count)
    {
        var bytes = new byte[count];
        new Random(1).NextBytes(bytes);
        return bytes;
    }
}
