using PluginHost.Sources;
using PluginHost.TestInfra;

namespace PluginHost.Tests.Sources;

/// <summary>Force pushes, resets and rebases, where they are refused.</summary>
public sealed class RewrittenHistoryTests
{
    private TestDirectory _directory = null!;
    private TestRepository _repository = null!;
    private string _first = null!;
    private string _second = null!;

    [SetUp]
    public void SetUp()
    {
        _directory = new TestDirectory();
        _repository = TestRepository.Create(_directory.Combine("remote"));
        _first = _repository.Write("a.txt", "1").Commit("First");
        _second = _repository.Write("a.txt", "2").Commit("Second");
    }

    [TearDown]
    public void TearDown() => _directory.Dispose();

    [Test]
    public async Task ACommitOnTop_IsTaken_AlsoAMerge()
    {
        using var source = Open();
        var current = await source.PullAsync(null, default);
        _repository.Git("checkout", "--quiet", "-b", "side", _first);
        _repository.Write("b.txt", "b").Commit("Side");
        _repository.Git("checkout", "--quiet", "main");
        _repository.Git("merge", "--quiet", "--no-ff", "-m", "Merge", "side");

        Assert.That((await source.PullAsync(current, default)).Refusal, Is.Null);
    }

    [Test]
    public async Task AResetToAnOlderCommit_IsRefused_AndTheOldTipIsWelcomeBack()
    {
        using var source = Open();
        var current = await source.PullAsync(null, default);
        _repository.Git("reset", "--quiet", "--hard", _first);

        var refused = await source.PullAsync(current, default);
        Assert.That(refused.Refusal, Does.Contain($"Commit {_first[..7]} of").And.Contain($"does not descend from {_second[..7]}").And.Contain($"--accept {_first[..12]}"));

        _repository.Git("reset", "--quiet", "--hard", _second);
        var back = await source.PullAsync(refused, default);
        Assert.That((back.Commit, back.Refusal), Is.EqualTo((_second, (string?)null)));
    }

    [Test]
    public async Task AnotherHistory_IsRefused_AlsoAfterARestart_AndByANewClone_UntilItIsAccepted()
    {
        using (var source = Open())
        {
            await source.PullAsync(null, default);
        }

        var other = Rewrite("Other");
        using (var again = Open())
        {
            Assert.That((await again.PullAsync(null, default)).Refusal, Does.Contain("the history was rewritten"));
        }

        // What the clone knew of the old history is gone; what was accepted is not.
        Directory.Delete(_directory.Combine("clone", "repository.git"), recursive: true);
        using var anew = Open();
        var refused = await anew.PullAsync(null, default);
        Assert.That(refused.Refusal, Does.Contain("the history was rewritten"));

        anew.AcceptRewrite(_second[..7]);
        Assert.That((await anew.PullAsync(refused, default)).Refusal, Is.Not.Null, "Another commit was accepted.");
        anew.AcceptRewrite(other[..12]);
        var taken = await anew.PullAsync(refused, default);
        Assert.That((taken.Commit, taken.Refusal), Is.EqualTo((other, (string?)null)));

        Rewrite("Yet another");
        Assert.That((await anew.PullAsync(taken, default)).Refusal, Does.Contain($"does not descend from {other[..7]}"));
    }

    [Test]
    public async Task AnotherDefaultBranch_IsAnotherHistory_AndAnotherConfiguredOne_IsTheOperatorsOwnDoing()
    {
        using (var source = Open())
        {
            await source.PullAsync(null, default);
        }

        _repository.Git("checkout", "--quiet", "--orphan", "trunk");
        _repository.Commit("Trunk");
        using (var source = Open())
        {
            Assert.That((await source.PullAsync(null, default)).Refusal, Is.Not.Null);
        }

        using var configured = Open(options => options.Branch = "trunk");
        Assert.That((await configured.PullAsync(null, default)).Refusal, Is.Null);
    }

    [Test]
    public async Task ForcePushesAtSpeed_EndAtTheLastOne_OrAtNone()
    {
        using var following = Open(options => options.RewrittenHistory = RewrittenHistory.Follow, "following");
        using var refusing = Open();
        var (followed, refused) = (await following.PullAsync(null, default), await refusing.PullAsync(null, default));
        var pushing = Task.Run(() => Enumerable.Range(0, 40).Select(i => Rewrite($"Push {i}")).Last());
        while (!pushing.IsCompleted)
        {
            followed = await following.PullAsync(followed, default);
            refused = await refusing.PullAsync(refused, default);
            Assert.That(followed.Refusal, Is.Null);
        }

        var last = await pushing;
        Assert.That((await following.PullAsync(followed, default)).Commit, Is.EqualTo(last));
        Assert.That((await refusing.PullAsync(refused, default)).Refusal, Does.Contain($"Commit {last[..7]}").And.Contain($"descend from {_second[..7]}"));
    }

    [Test]
    public async Task AFileOfWhatWasAccepted_ThatCannotBeRead_LetsNothingNewIn()
    {
        using (var source = Open())
        {
            await source.PullAsync(null, default);
        }

        await File.WriteAllTextAsync(_directory.Combine("clone", "accepted.json"), "{ half");
        using var again = Open();
        var failure = await Assert.ThrowsAsync<SourceException>(() => again.PullAsync(null, default));
        Assert.That(failure!.Message, Does.Contain("accepted.json").And.Contain("Delete it to accept the tip as the first one"));
    }

    private Source Open(Action<SourceOptions>? configure = null, string clone = "clone") => Make.Source(_repository.Path, _directory.Combine(clone), options =>
    {
        options.RewrittenHistory = RewrittenHistory.Refuse;
        configure?.Invoke(options);
    });

    /// <summary>The branch becomes a single commit without parents, in one step.</summary>
    private string Rewrite(string message)
    {
        var commit = _repository.Git("commit-tree", "-m", message, _repository.Git("write-tree"));
        _repository.Git("update-ref", "refs/heads/main", commit);
        return commit;
    }
}
