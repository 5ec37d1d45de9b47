using PluginHost.Sources;
using PluginHost.Sources.Drops;

namespace PluginHost.Tests.Sources.Drops;

public sealed class DropSourceTests
{
    private DropFixture _drops = null!;

    [SetUp]
    public void SetUp() => _drops = new DropFixture();

    [TearDown]
    public void TearDown() => _drops.Dispose();

    [Test]
    public async Task OfTwoWholeDrops_TheOneWithTheGreaterSequenceCounts_WhateverTheTimesOfItsFiles()
    {
        _drops.Drop("A", "9.0", 1, "one");
        var newest = _drops.Drop("A", "10.0", 2, "two", commit: new string('c', 40));
        Directory.SetLastWriteTimeUtc(newest, DateTime.UnixEpoch);
        File.SetLastWriteTimeUtc(Path.Combine(newest, DropManifest.FileName), DateTime.UnixEpoch);

        var snapshot = await _drops.LookAsync();

        Assert.That(snapshot.Drops!.Single().Current!.Version, Is.EqualTo("10.0"));
        Assert.That((snapshot.Commit, snapshot.Message, snapshot.Problem), Is.EqualTo((new string('c', 40), "A 10.0: drop 10.0", (string?)null)));
    }

    [Test]
    public async Task AFolderWithoutAnyDropYet_SaysThat_AndNotThatSomeWereTakenAway()
    {
        Directory.CreateDirectory(_drops.Root);
        await File.WriteAllTextAsync(Path.Combine(_drops.Root, "README.txt"), "for people");

        Assert.That((await _drops.LookAsync()).Message, Is.EqualTo("no drop is there yet, or none is whole"));
    }

    [Test]
    public async Task ADropOfWhichNoCommitIsKnown_HasItsContentInThePlaceOfOne()
    {
        _drops.Drop("A", "1", 1, "one");

        var drop = Current(await _drops.LookAsync())!;

        Assert.That(drop.Commit, Is.EqualTo(drop.ContentId[..40]));
        Assert.That(drop.Author, Is.EqualTo("unknown"));
    }

    [Test]
    public async Task WhenNothingHasChanged_TheSnapshotIsTheSame_AndNoFileIsRead()
    {
        var folder = _drops.Drop("A", "1", 1, "one");
        var first = await _drops.LookAsync();

        // Whoever would read it now would find it changed.
        File.WriteAllText(Path.Combine(folder, "A.dll"), "other");

        Assert.That(await _drops.LookAsync(first), Is.SameAs(first));
    }

    [Test]
    public async Task ANewDrop_MakesANewSnapshot_ThatIsNamedAfterIt()
    {
        _drops.Drop("A", "1", 1, "one");
        _drops.Drop("B", "1", 5, "one");
        var first = await _drops.LookAsync();
        _drops.Drop("A", "2", 2, "two");

        var second = await _drops.LookAsync(first);

        Assert.That(second.Tree, Is.Not.SameAs(first.Tree), "It is what makes the watcher deploy it.");
        Assert.That(first.Message, Is.EqualTo("B 1: drop 1, and 1 more"));
        Assert.That(second.Message, Is.EqualTo("A 2: drop 2"));
    }

    [Test]
    public async Task ADropWithoutAManifest_IsWaitedFor_AndToldOfWhenNothingMoves()
    {
        _drops.Drop("A", "1", 1, "one");
        var half = Directory.CreateDirectory(Path.Combine(_drops.Root, "A", "2"));
        File.WriteAllText(Path.Combine(half.FullName, "A.dll"), "two");

        var first = await _drops.LookAsync();
        var later = await _drops.LookAtRestAsync();

        Assert.That((Current(first)!.Version, first.Problem), Is.EqualTo(("1", (string?)null)));
        Assert.That((Current(later)!.Version, later.Drops!.Single().Fault), Is.EqualTo(("1", (string?)null)), "It is no fault of the plugin.");
        Assert.That(later.Problem, Does.StartWith("Drop 2 of A has no drop.json, so it is waited for"));
    }

    [TestCase("missing", "its file native/x.so is missing")]
    [TestCase("changed", "its file A.dll is not the one that drop.json names (another SHA-256)")]
    [TestCase("extra", "its file more.dll is not in drop.json")]
    [TestCase("link", "more.dll is a symbolic link, and a drop holds the files themselves")]
    [TestCase("manifest", "its drop.json cannot be read")]
    public async Task ADropThatIsNotWhole_IsWaitedForWhileItChanges_ThenRefusedByName_AndTheOneBeforeCounts(string fault, string words)
    {
        _drops.Drop("A", "1", 1, "one");
        Break(_drops.Drop("A", "2", 2, "two"), fault);

        var first = await _drops.LookAsync();
        var later = await _drops.LookAtRestAsync();

        Assert.That((Current(first)!.Version, first.Drops!.Single().Fault), Is.EqualTo(("1", (string?)null)));
        Assert.That(Current(later)!.Version, Is.EqualTo("1"));
        Assert.That(later.Drops!.Single().Fault, Does.StartWith($"Drop 2 of A is not taken: {words}"));
        Assert.That(later.Problem, Is.EqualTo(later.Drops!.Single().Fault));
    }

    [Test]
    public async Task ADropWhoseFilesStillCome_IsWaitedForAsLongAsTheyDo_AndThenTaken()
    {
        var folder = _drops.Drop("A", "1", 1, "one");
        var native = Path.Combine(folder, "native", "x.so");
        var whole = await File.ReadAllTextAsync(native);
        SourceSnapshot? snapshot = null;
        for (var length = 0; length < whole.Length; length++)
        {
            await File.WriteAllTextAsync(native, whole[..length]);
            snapshot = await _drops.LookAsync(snapshot);
            Assert.That((Current(snapshot), snapshot.Problem), Is.EqualTo(((Drop?)null, (string?)null)), $"{length} bytes");
            _drops.Time.Advance(TimeSpan.FromSeconds(9));
        }

        await File.WriteAllTextAsync(native, whole);

        Assert.That(Current(await _drops.LookAsync(snapshot))!.Version, Is.EqualTo("1"));
    }

    [Test]
    public async Task ARefusedDropThatIsMended_IsTaken()
    {
        var folder = _drops.Drop("A", "1", 1, "one");
        Break(folder, "missing");
        var refused = await _drops.LookAtRestAsync();
        File.WriteAllText(Path.Combine(folder, "native", "x.so"), "native");

        var mended = await _drops.LookAsync(refused);

        Assert.That((refused.Problem is null, Current(mended)!.Version, mended.Problem), Is.EqualTo((false, "1", (string?)null)));
    }

    [Test]
    public async Task AFileThatGetsItsContentWithoutANewTime_IsSeenBeforeTheDropIsRefused()
    {
        var file = Path.Combine(_drops.Drop("A", "1", 1, "one"), "A.dll");
        var at = File.GetLastWriteTimeUtc(file);
        File.WriteAllText(file, "eno");
        File.SetLastWriteTimeUtc(file, at);
        var first = await _drops.LookAsync();
        File.WriteAllText(file, "one");
        File.SetLastWriteTimeUtc(file, at);
        _drops.Time.Advance(TimeSpan.FromSeconds(11));

        var later = await _drops.LookAsync(first);

        Assert.That((Current(first), Current(later)?.Version, later.Problem), Is.EqualTo(((Drop?)null, "1", (string?)null)));
    }

    [Test]
    public async Task WhileTheNewestDropIsBeingReplaced_TheOneBeforeDoesNotComeBack()
    {
        _drops.Drop("A", "1", 1, "one");
        var folder = _drops.Drop("A", "2", 2, "two");
        var before = await _drops.LookAsync();
        Assert.That(Current(before)!.Version, Is.EqualTo("2"));

        var manifest = Path.Combine(folder, DropManifest.FileName);
        File.Move(manifest, _drops.Root + ".json");
        var replaced = await _drops.LookAsync(before);
        Assert.That((replaced.Drops!.Single().Plugin, Current(replaced)), Is.EqualTo(("A", (Drop?)null)));

        _drops.Time.Advance(TimeSpan.FromSeconds(11));
        Assert.That(Current(await _drops.LookAsync(replaced))!.Version, Is.EqualTo("1"), "Nobody replaces it.");

        File.Move(_drops.Root + ".json", manifest);
        Assert.That(Current(await _drops.LookAsync(replaced))!.Version, Is.EqualTo("2"));
    }

    [Test]
    public async Task ADropOfWhichTheHostKeepsACopy_NeedsNoFilesOfItsOwn()
    {
        var folder = _drops.Drop("A", "1", 1, "one");
        _drops.Keep(DropManifest.Parse(File.ReadAllBytes(Path.Combine(folder, DropManifest.FileName)), "A").ContentId());
        Break(folder, "missing");

        var snapshot = await _drops.LookAtRestAsync();

        Assert.That((Current(snapshot)!.Version, snapshot.Problem), Is.EqualTo(("1", (string?)null)));
    }

    [Test]
    public async Task ADropThatCouldNotBeCopied_IsLookedAtAgain()
    {
        var folder = _drops.Drop("A", "1", 1, "one");
        var before = await _drops.LookAsync();
        File.WriteAllText(Path.Combine(folder, "A.dll"), "other");
        Current(before)!.LookAgain();

        var after = await _drops.LookAsync(before);

        Assert.That(after.Tree, Is.Not.SameAs(before.Tree));
        Assert.That(Current(after), Is.Null);
    }

    [Test]
    public async Task APluginWhoseFolderIsGone_IsGone()
    {
        _drops.Drop("A", "1", 1, "one");
        _drops.Drop("B", "1", 1, "one");
        var before = await _drops.LookAsync();
        Directory.Delete(Path.Combine(_drops.Root, "A"), recursive: true);

        Assert.That((await _drops.LookAsync(before)).Drops!.Select(plugin => plugin.Plugin), Is.EqualTo(new[] { "B" }));
    }

    [Test]
    public async Task AFolderThatIsEntirelyEmpty_IsTakenForAShareThatIsNotMounted()
    {
        _drops.Drop("A", "1", 1, "one");
        var before = await _drops.LookAsync();
        Directory.Delete(Path.Combine(_drops.Root, "A"), recursive: true);
        Assert.That((await _drops.LookAsync(before)).Drops, Is.Empty, "The note that 'drop' leaves is still there.");

        File.Delete(Path.Combine(_drops.Root, "README.txt"));
        var empty = (await Assert.ThrowsAsync<SourceException>(() => _drops.LookAsync(before)))!;
        Directory.Delete(_drops.Root);
        var gone = (await Assert.ThrowsAsync<SourceException>(() => _drops.LookAsync(before)))!;

        Assert.That((empty.Failure, gone.Failure), Is.EqualTo((SourceFailure.NothingToDeploy, SourceFailure.Unreachable)));
        Assert.That(gone.Message, Does.Contain("What is live stays live"));
    }

    [Test]
    public async Task OfTwoPluginsOneBroken_TheOtherIsTaken()
    {
        Break(_drops.Drop("A", "1", 1, "one"), "changed");
        _drops.Drop("B", "1", 1, "one");

        var snapshot = await _drops.LookAtRestAsync();

        Assert.That(snapshot.Drops!.Select(plugin => (plugin.Plugin, plugin.Current?.Version, plugin.Fault is null)), Is.EqualTo(new[] { ("A", null, false), ("B", "1", true) }));
    }

    private static Drop? Current(SourceSnapshot snapshot) => snapshot.Drops!.Single(plugin => plugin.Plugin == "A").Current;

    private static void Break(string folder, string fault)
    {
        var more = Path.Combine(folder, "more.dll");
        switch (fault)
        {
            case "missing": File.Delete(Path.Combine(folder, "native", "x.so")); break;
            case "changed": File.WriteAllText(Path.Combine(folder, "A.dll"), "owt"); break;
            case "extra": File.WriteAllText(more, ""); break;
            case "link": File.CreateSymbolicLink(more, Path.Combine(folder, "A.dll")); break;
            case "manifest": File.WriteAllText(Path.Combine(folder, DropManifest.FileName), "{ \"plugin\": "); break;
        }
    }
}
