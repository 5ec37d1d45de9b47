using PluginHost.Sources;
using PluginHost.TestInfra;

namespace PluginHost.Tests.Sources;

public sealed class SourceTests
{
    private readonly LogLines<Source> _log = new();
    private TestDirectory _directory = null!;
    private TestRepository _repository = null!;

    [SetUp]
    public void SetUp()
    {
        _directory = new TestDirectory();
        _repository = TestRepository.Create(_directory.Combine("remote"));
    }

    [TearDown]
    public void TearDown() => _directory.Dispose();

    [Test]
    public async Task Pull_OfAFolder_AnswersTheTipOfTheCheckedOutBranch()
    {
        var commit = _repository.Write("plugins/a.txt", "a").Commit("Add a");
        using var source = Open();

        var snapshot = await source.PullAsync(null, default);

        Assert.Multiple(() =>
        {
            Assert.That(snapshot.Commit, Is.EqualTo(commit));
            Assert.That(snapshot.Branch, Is.EqualTo("main"));
            Assert.That(snapshot.Author, Is.EqualTo("Ada Author"));
            Assert.That(snapshot.Message, Is.EqualTo("Add a"));
            Assert.That(snapshot.ReadText(snapshot.Tree.FindFile("plugins/a.txt")!), Is.EqualTo("a"));
        });
    }

    [Test]
    public async Task Pull_OfAFileAddress_AnswersTheTip()
    {
        var commit = _repository.Write("a.txt", "a").Commit("Add a");
        using var source = Open(url: new Uri(_repository.Path).AbsoluteUri);

        Assert.That((await source.PullAsync(null, default)).Commit, Is.EqualTo(commit));
    }

    [Test]
    public async Task Pull_WhenNothingMoved_AnswersTheSameSnapshot()
    {
        _repository.Commit("First");
        using var source = Open();
        var first = await source.PullAsync(null, default);

        Assert.That(await source.PullAsync(first, default), Is.SameAs(first));
    }

    [Test]
    public async Task Pull_AfterACommit_SharesTheFoldersThatDidNotChange()
    {
        _repository.Write("plugins/A/a.cs", "1").Write("plugins/B/b.cs", "1").Commit("First");
        using var source = Open();
        var first = await source.PullAsync(null, default);
        _repository.Write("plugins/B/b.cs", "2").Commit("Second");

        var second = await source.PullAsync(first, default);

        Assert.Multiple(() =>
        {
            Assert.That(second.Tree.FindFolder("plugins/A"), Is.SameAs(first.Tree.FindFolder("plugins/A")));
            Assert.That(SourceTree.Compare(first.Tree, second.Tree).Select(change => change.Key), Is.EqualTo(new[] { "plugins/B/b.cs" }));
        });
    }

    [Test]
    public async Task Pull_AfterAnAmendedTip_FollowsIt()
    {
        _repository.Write("a.txt", "1").Commit("First");
        using var source = Open();
        var first = await source.PullAsync(null, default);
        _repository.Write("a.txt", "2").Git("commit", "--quiet", "--all", "--amend", "--message", "Amended");

        Assert.That((await source.PullAsync(first, default)).Commit, Is.EqualTo(_repository.Head));
    }

    [Test]
    public async Task Pull_AfterAResetToAnOlderCommit_GoesBackWithoutFetching()
    {
        var old = _repository.Write("a.txt", "1").Commit("First");
        _repository.Write("a.txt", "2").Commit("Second");
        using var source = Open();
        var second = await source.PullAsync(null, default);
        _repository.Git("reset", "--quiet", "--hard", old);

        Assert.That((await source.PullAsync(second, default)).Commit, Is.EqualTo(old));
    }

    [Test]
    public async Task Pull_WhenHeadIsDetached_FollowsHead()
    {
        var first = _repository.Commit("First");
        _repository.Commit("Second");
        _repository.Git("checkout", "--quiet", "--detach", first);
        using var source = Open();

        var snapshot = await source.PullAsync(null, default);

        Assert.That((snapshot.Commit, snapshot.Branch), Is.EqualTo((first, (string?)null)));
    }

    [Test]
    public async Task Pull_WhenAnotherBranchIsCheckedOut_FollowsIt()
    {
        _repository.Commit("First");
        using var source = Open();
        var first = await source.PullAsync(null, default);
        _repository.Git("checkout", "--quiet", "-b", "next");

        Assert.That((await source.PullAsync(first, default)).Branch, Is.EqualTo("next"));
    }

    [Test]
    public async Task Pull_OfAnEmptyRepository_SaysThatThereIsNoCommit()
    {
        using var source = Open();

        var failure = await Assert.ThrowsAsync<SourceException>(() => source.PullAsync(null, default));

        Assert.That(failure!.Failure, Is.EqualTo(SourceFailure.NothingToDeploy));
        Assert.That(failure.Message, Does.Contain("no commit yet"));
    }

    [Test]
    public async Task Pull_OfABranchThatWasDeletedAndMadeAgain_GoesOn()
    {
        _repository.Commit("First");
        _repository.Git("branch", "live");
        using var source = Open(branch: "live");
        var first = await source.PullAsync(null, default);

        _repository.Git("branch", "-D", "live");
        var failure = await Assert.ThrowsAsync<SourceException>(() => source.PullAsync(first, default));
        Assert.That(failure!.Message, Does.Contain("no branch 'live'").And.Contain("main"));

        var commit = _repository.Commit("Second");
        _repository.Git("branch", "live");
        Assert.That((await source.PullAsync(first, default)).Commit, Is.EqualTo(commit));
    }

    [Test]
    public async Task Pull_OfAFolderThatIsNoRepository_SaysWhichOne()
    {
        using var source = Open(url: _directory.Combine("nowhere"));

        var failure = await Assert.ThrowsAsync<SourceException>(() => source.PullAsync(null, default));

        Assert.That(failure!.Failure, Is.EqualTo(SourceFailure.Unreachable));
        Assert.That(failure.Message, Does.Contain(_directory.Combine("nowhere")));
    }

    [Test]
    public async Task Pull_ByAClonePreparedEarlier_NeedsOnlyTheNewObjects()
    {
        _repository.Commit("First");
        using (var before = Open())
        {
            await before.PullAsync(null, default);
        }

        var commit = _repository.Commit("Second");
        using var after = Open();

        Assert.That((await after.PullAsync(null, default)).Commit, Is.EqualTo(commit));
    }

    [Test]
    public async Task Pull_AfterAForcePushOfAnotherHistory_FollowsIt()
    {
        _repository.Write("a.txt", "1").Commit("First");
        using var source = Open();
        var first = await source.PullAsync(null, default);
        _repository.Git("checkout", "--quiet", "--orphan", "other");
        _repository.Write("a.txt", "other").Commit("Unrelated");
        _repository.Git("branch", "--quiet", "-M", "other", "main");

        var second = await source.PullAsync(first, default);

        Assert.That((second.Commit, second.Branch), Is.EqualTo((_repository.Head, "main")));
        Assert.That(second.ReadText(second.Tree.FindFile("a.txt")!), Is.EqualTo("other"));
    }

    [Test]
    public async Task Pull_AfterARebase_FollowsIt()
    {
        var root = _repository.Write("a.txt", "1").Commit("First");
        _repository.Write("b.txt", "1").Commit("To be dropped");
        _repository.Write("c.txt", "1").Commit("To be kept");
        using var source = Open();
        var first = await source.PullAsync(null, default);
        _repository.Git("rebase", "--quiet", "--onto", root, "HEAD~1");

        var second = await source.PullAsync(first, default);

        Assert.That(second.Commit, Is.EqualTo(_repository.Head));
        Assert.That(second.Tree.Files.Keys, Is.EquivalentTo(new[] { "a.txt", "c.txt" }));
    }

    [Test]
    public async Task Pull_AfterTheFirstCommitOfAnEmptyRepository_AnswersIt()
    {
        using var source = Open();
        await Assert.ThrowsAsync<SourceException>(() => source.PullAsync(null, default));

        var commit = _repository.Commit("First");

        Assert.That((await source.PullAsync(null, default)).Commit, Is.EqualTo(commit));
    }

    [Test]
    public async Task Pull_AfterTheRemoteWasPacked_GoesOn()
    {
        _repository.Write("a.txt", "1").Commit("First");
        using var source = Open();
        var first = await source.PullAsync(null, default);
        var second = _repository.Write("a.txt", "2").Commit("Second");
        _repository.Git("gc", "--quiet", "--aggressive", "--prune=now");
        _repository.Git("pack-refs", "--all");

        Assert.That((await source.PullAsync(first, default)).Commit, Is.EqualTo(second));
    }

    [Test]
    public async Task Pull_WhileTheRemoteIsGone_IsUnreachable_AndGoesOnWhenItIsBack()
    {
        _repository.Commit("First");
        using var source = Open();
        var first = await source.PullAsync(null, default);
        Directory.Move(_repository.Path, _directory.Combine("away"));

        var failure = await Assert.ThrowsAsync<SourceException>(() => source.PullAsync(first, default));
        Assert.That(failure!.Failure, Is.EqualTo(SourceFailure.Unreachable));

        Directory.Move(_directory.Combine("away"), _repository.Path);
        var second = _repository.Commit("Second");
        Assert.That((await source.PullAsync(first, default)).Commit, Is.EqualTo(second));
        Assert.That(_log.Lines, Is.Empty);
    }

    [TestCase("HEAD")]
    [TestCase("config")]
    [TestCase("refs/pluginhost/tip")]
    [TestCase("*.pack")]
    [TestCase("*.idx")]
    public async Task Pull_ByADamagedClone_MakesItAnew_AndSaysSoOnce(string damaged)
    {
        _repository.Write("a.txt", "1").Commit("First");
        using (var before = Open())
        {
            await before.PullAsync(null, default);
        }

        foreach (var file in Directory.GetFiles(_directory.Combine("clone", "repository.git"), Path.GetFileName(damaged), SearchOption.AllDirectories))
        {
            File.SetAttributes(file, FileAttributes.Normal);
            await File.WriteAllTextAsync(file, "\0garbage");
        }

        var commit = _repository.Write("b.txt", "2").Commit("Second");
        using var source = Open();

        Assert.That(await ReadAsync(source, "a.txt"), Is.EqualTo("1"));
        Assert.That((await source.PullAsync(null, default)).Commit, Is.EqualTo(commit));
        Assert.That(_log.Lines, Has.One.StartsWith("Warning 102"));
        Assert.That(_log.Lines, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Pull_ByACloneThatLostItsObjects_MakesItAnew()
    {
        _repository.Write("a.txt", "1").Commit("First");
        using (var before = Open())
        {
            await before.PullAsync(null, default);
        }

        // What a power cut leaves: the reference is written, the objects are not.
        Directory.Delete(_directory.Combine("clone", "repository.git", "objects"), recursive: true);
        Directory.CreateDirectory(_directory.Combine("clone", "repository.git", "objects"));
        using var source = Open();

        Assert.That(await ReadAsync(source, "a.txt"), Is.EqualTo("1"));
        Assert.That(_log.Lines, Has.One.StartsWith("Warning 102"));
    }

    [TestCase("config.lock")]
    [TestCase("packed-refs.lock")]
    [TestCase("refs/pluginhost/tip.lock")]
    public async Task Pull_ByACloneWithTheLockOfAKilledHost_GoesOnWithTheSameClone(string name)
    {
        _repository.Commit("First");
        using (var before = Open())
        {
            await before.PullAsync(null, default);
        }

        await File.WriteAllTextAsync(_directory.Combine("clone", "repository.git", name), "");
        var commit = _repository.Commit("Second");
        using var source = Open();

        Assert.That((await source.PullAsync(null, default)).Commit, Is.EqualTo(commit));
        Assert.That(_log.Lines, Is.Empty);
    }

    [Test]
    public async Task Pull_AfterAFileCouldNotBeRead_MakesTheCloneAnew_AndTheOldSnapshotCanBeReadAgain()
    {
        _repository.Write("a.txt", "1").Commit("First");
        using var source = Open();
        var first = await source.PullAsync(null, default);
        Assert.That(Assert.Throws<SourceException>(() => first.OpenContent(new string('1', 40)))!.Failure, Is.EqualTo(SourceFailure.CloneDamaged));

        var second = await source.PullAsync(first, default);

        Assert.That(second.Commit, Is.EqualTo(first.Commit));
        Assert.That(second.Tree, Is.Not.SameAs(first.Tree), "Whoever deploys takes it as something new to try.");
        Assert.That(first.ReadText(first.Tree.FindFile("a.txt")!), Is.EqualTo("1"));
        Assert.That(_log.Lines, Has.One.StartsWith("Warning 102"));
    }

    [Test]
    public async Task Pull_WhenTheNewCloneIsNoBetter_LeavesItUntilTheNextCommit()
    {
        var missing = new string('1', 40);
        _repository.Commit("First");
        using var source = Open();
        var snapshot = await source.PullAsync(null, default);
        for (var i = 0; i < 3; i++)
        {
            Assert.Throws<SourceException>(() => snapshot.OpenContent(missing));
            snapshot = await source.PullAsync(snapshot, default);
        }

        Assert.That(_log.Lines, Has.Count.EqualTo(1));

        _repository.Commit("Second");
        snapshot = await source.PullAsync(snapshot, default);
        Assert.Throws<SourceException>(() => snapshot.OpenContent(missing));
        await source.PullAsync(snapshot, default);
        Assert.That(_log.Lines, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task Pull_AfterSomebodyDeletedTheClone_MakesItAnew()
    {
        _repository.Commit("First");
        using var source = Open();
        var first = await source.PullAsync(null, default);
        Directory.Delete(_directory.Combine("clone"), recursive: true);
        var commit = _repository.Write("a.txt", "2").Commit("Second");

        var second = await source.PullAsync(first, default);

        Assert.That(second.Commit, Is.EqualTo(commit));
        Assert.That(second.ReadText(second.Tree.FindFile("a.txt")!), Is.EqualTo("2"));
    }

    [Test]
    public async Task Pull_FromADamagedRemote_MakesTheCloneAnewOnceOnly()
    {
        _repository.Write("a.txt", "1").Commit("First");
        var blob = _repository.Git("rev-parse", "HEAD:a.txt");
        var file = Path.Combine(_repository.Path, ".git", "objects", blob[..2], blob[2..]);
        File.SetAttributes(file, FileAttributes.Normal);
        await File.WriteAllTextAsync(file, "garbage");
        using var source = Open();

        for (var i = 0; i < 3; i++)
        {
            var failure = await Assert.ThrowsAsync<SourceException>(() => source.PullAsync(null, default));
            Assert.That(failure!.Message, Does.Contain(_repository.Path));
        }

        Assert.That(_log.Lines, Has.Count.LessThanOrEqualTo(1));
    }

    [Test]
    public void Fetch_OfMuch_ReportsItsProgress_AndCanBeCancelled()
    {
        for (var i = 0; i < 300; i++)
        {
            _repository.Write($"{i}.txt", $"{i}");
        }

        _repository.Commit("Much");
        using var clone = new GitClone(_directory.Combine("bare"), RemoteAddress.Parse(new Uri(_repository.Path).AbsoluteUri), new CredentialOptions(), ssh: null);
        var tip = clone.ReadTip(null, default);
        using var cancellation = new CancellationTokenSource();

        Assert.Throws<OperationCanceledException>(() => clone.Fetch(tip, (_, _) => cancellation.Cancel(), cancellation.Token));
        Assert.That(clone.Holds(tip.Commit), Is.False);

        var reports = new List<(int Received, int Total)>();
        clone.Fetch(tip, (received, total) => reports.Add((received, total)), default);
        Assert.That(reports, Has.Count.GreaterThan(1).And.All.Matches<(int Received, int Total)>(report => report.Received <= report.Total));
        Assert.That(reports[^1], Is.EqualTo((302, 302)));
    }

    [Test]
    public async Task Pull_ThatIsCancelled_EndsAtOnce_AndTheNextOneWorks()
    {
        var commit = _repository.Commit("First");
        using var source = Open();

        Assert.That(() => source.PullAsync(null, new CancellationToken(canceled: true)), Throws.InstanceOf<OperationCanceledException>());
        Assert.That((await source.PullAsync(null, default)).Commit, Is.EqualTo(commit));
    }

    /// <summary>Reads a file of the tip as the host does: what cannot be read is tried again at the next look.</summary>
    private static async Task<string> ReadAsync(Source source, string path)
    {
        var snapshot = await source.PullAsync(null, default);
        try
        {
            return snapshot.ReadText(snapshot.Tree.FindFile(path)!);
        }
        catch (SourceException damage) when (damage.Failure == SourceFailure.CloneDamaged)
        {
            snapshot = await source.PullAsync(snapshot, default);
            return snapshot.ReadText(snapshot.Tree.FindFile(path)!);
        }
    }

    private Source Open(string? url = null, string? branch = null) =>
        Make.Source(url ?? _repository.Path, _directory.Combine("clone"), options => options.Branch = branch, logger: _log);
}
