using PluginHost.Sources;
using PluginHost.TestInfra;

namespace PluginHost.Tests.Sources;

public sealed class SourceTests
{
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

    private Source Open(string? url = null, string? branch = null) =>
        Make.Source(url ?? _repository.Path, _directory.Combine("clone"), options => options.Branch = branch);
}
