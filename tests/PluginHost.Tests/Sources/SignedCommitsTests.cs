using PluginHost.Sources;
using PluginHost.TestInfra;

namespace PluginHost.Tests.Sources;

/// <summary>Commits signed by the real git with real keys, and what a source that asks for signatures makes of them.</summary>
public sealed class SignedCommitsTests
{
    private TestDirectory _directory = null!;
    private TestRepository _repository = null!;
    private SigningKey _ada = null!;

    private string AllowedSigners => _directory.Combine("allowed_signers");

    [SetUp]
    public void SetUp()
    {
        _directory = new TestDirectory();
        _repository = TestRepository.Create(_directory.Combine("remote"));
        _ada = SigningKey.Ssh(_directory.Combine("ada"));
        Allow($"ada@example.com namespaces=\"git\" {_ada.Public}");
    }

    [TearDown]
    public void TearDown()
    {
        _ada.Dispose();
        _directory.Dispose();
    }

    [Test]
    public async Task ACommitByAnAllowedSshKey_IsTaken_AndNamesItsSigner()
    {
        var commit = Signed(_ada, "First");
        using var source = Open();

        var snapshot = await source.PullAsync(null, default);

        Assert.Multiple(() =>
        {
            Assert.That((snapshot.Commit, snapshot.Refusal), Is.EqualTo((commit, (string?)null)));
            Assert.That(snapshot.Signer, Does.StartWith("ada@example.com (ED25519 key ").And.Contain(_ada.Fingerprint));
            Assert.That(snapshot.Tree.FindFile("a.txt"), Is.Not.Null);
        });
    }

    [Test]
    public async Task AnUnsignedCommit_IsRefused_AndNothingOfItIsRead()
    {
        _repository.Write("a.txt", "a").Commit("First");
        using var source = Open();

        var snapshot = await source.PullAsync(null, default);

        Assert.That(snapshot.Refusal, Does.Contain("is refused: it is not signed. Sign it (git commit --amend -S").And.Contain("What is live stays live"));
        Assert.That(snapshot.Tree, Is.SameAs(SourceTree.Empty));
        Assert.That(await source.PullAsync(snapshot, default), Is.SameAs(snapshot), "Nothing moved, so there is nothing to say again.");
    }

    [Test]
    public async Task ACommitByAnotherKey_IsRefused_WithItsFingerprint_UntilTheFileAllowsIt()
    {
        using var eve = SigningKey.Ssh(_directory.Combine("eve"));
        var commit = Signed(eve, "First");
        using var source = Open();
        var refused = await source.PullAsync(null, default);
        Assert.That(refused.Refusal, Does.Contain($"it is signed with ED25519 key {eve.Fingerprint}, which {AllowedSigners} does not allow"));

        Allow($"ada@example.com {_ada.Public}\neve@example.com {eve.Public}");
        var taken = await source.PullAsync(refused, default);

        Assert.That((taken.Commit, taken.Refusal), Is.EqualTo((commit, (string?)null)));
        Assert.That(taken.Signer, Does.StartWith("eve@example.com"));
    }

    [TestCase("valid-before=\"20200101\"", "key has expired")]
    [TestCase("valid-after=\"20990101\"", "key is not yet valid")]
    [TestCase("namespaces=\"file\"", "not permitted for use in signature namespace \"git\"")]
    public async Task AKeyThatIsNotAllowedForThat_IsRefused_InTheWordsOfOpenSsh(string options, string words)
    {
        Allow($"ada@example.com {options} {_ada.Public}");
        Signed(_ada, "First");
        using var source = Open();

        Assert.That((await source.PullAsync(null, default)).Refusal, Does.Contain(_ada.Fingerprint).And.Contain(words));
    }

    [Test]
    public async Task AKeyThatHasExpired_StillCountsForCommitsFromBefore()
    {
        Allow($"ada@example.com valid-before=\"20200101\" {_ada.Public}");
        Signed(_ada, "First", at: "2019-06-01T12:00:00Z");
        using var source = Open();

        Assert.That((await source.PullAsync(null, default)).Signer, Does.StartWith("ada@example.com"));
    }

    [Test]
    public async Task ACommitThatWasChangedAfterItWasSigned_IsRefused()
    {
        Signed(_ada, "Pay ten");
        Tamper("Pay ten", "Pay one");
        using var source = Open();

        Assert.That((await source.PullAsync(null, default)).Refusal, Does.Contain("it was changed after it was signed"));
    }

    [Test]
    public async Task TheClonesOwnConfiguration_TakesNoPart()
    {
        using var eve = SigningKey.Ssh(_directory.Combine("eve"));
        Signed(_ada, "First");
        using (var first = Open())
        {
            await first.PullAsync(null, default);
        }

        File.WriteAllText(_directory.Combine("eves"), $"ada@example.com {eve.Public}");
        File.AppendAllText(_directory.Combine("clone", "repository.git", "config"), $"[gpg \"ssh\"]\n\tallowedSignersFile = {_directory.Combine("eves")}\n\tprogram = /bin/true\n");
        Signed(eve, "Second");
        using var source = Open();

        Assert.That((await source.PullAsync(null, default)).Refusal, Does.Contain(eve.Fingerprint));
    }

    [Test]
    public async Task ACommitByAnAllowedOpenPgpKey_IsTaken_AndOneByAnother_OrChanged_IsNot()
    {
        using var key = SigningKey.OpenPgp(_directory.Combine("pgp"));
        using var other = SigningKey.OpenPgp(_directory.Combine("other"));
        var keys = _directory.Combine("keys.asc");
        File.WriteAllText(keys, key.Public);
        Signed(key, "Pay ten");
        using var source = Open(options => options.Signatures.OpenPgpKeysFile = keys);

        var taken = await source.PullAsync(null, default);
        Assert.That(taken.Signer, Is.EqualTo($"Ada Author <ada@example.com> (OpenPGP key {key.Fingerprint})"));

        Tamper("Pay ten", "Pay one");
        var tampered = await source.PullAsync(taken, default);
        Assert.That(tampered.Refusal, Does.Contain("of Ada Author <ada@example.com> does not fit what it holds"));

        Signed(other, "Third");
        Assert.That((await source.PullAsync(tampered, default)).Refusal, Does.Contain($"OpenPGP key {other.Fingerprint}, which is not among those of {keys}"));
        File.WriteAllText(keys, key.Public + "\n" + other.Public);
        Assert.That((await source.PullAsync(tampered, default)).Signer, Does.Contain(other.Fingerprint));
    }

    [Test]
    public async Task AnOpenPgpKeyThatHasExpired_IsRefused()
    {
        using var key = SigningKey.OpenPgp(_directory.Combine("pgp"), expired: true);
        var keys = _directory.Combine("keys.asc");
        Signed(key, "First");
        File.WriteAllText(keys, key.Public);
        using var source = Open(options => options.Signatures.OpenPgpKeysFile = keys);

        Assert.That((await source.PullAsync(null, default)).Refusal, Does.Contain("which has expired. Extend the key"));
    }

    [Test]
    public async Task AKindOfKeyThatIsNotAllowedAtAll_SaysWhatToSet()
    {
        using var key = SigningKey.OpenPgp(_directory.Combine("pgp"));
        Signed(key, "First");
        using var source = Open();

        Assert.That((await source.PullAsync(null, default)).Refusal, Does.Contain("set Signatures:OpenPgpKeysFile"));
    }

    [Test]
    public async Task WhenOnlyTheTipCounts_AnUnsignedCommitBelowIt_IsVouchedFor_AndElseItIsRefused()
    {
        Signed(_ada, "First");
        using var tipOnly = Open();
        using var every = Open(options => options.Signatures.Commits = SignedCommits.EveryNew, "other");
        await tipOnly.PullAsync(null, default);
        var first = await every.PullAsync(null, default);
        var unsigned = _repository.Write("b.txt", "b").Commit("Unsigned");
        var tip = Signed(_ada, "On top");

        Assert.That((await tipOnly.PullAsync(null, default)).Commit, Is.EqualTo(tip));
        Assert.That((await every.PullAsync(first, default)).Refusal, Does.Contain($"Commit {unsigned[..7]}, which the tip {tip[..7]} brings with it, of").And.Contain("it is not signed"));
    }

    [Test]
    public async Task EverySideOfAMerge_Counts()
    {
        Signed(_ada, "First");
        using var source = Open(options => options.Signatures.Commits = SignedCommits.EveryNew);
        var first = await source.PullAsync(null, default);
        _repository.Git("checkout", "--quiet", "-b", "side");
        var side = _repository.Write("side.txt", "s").Commit("Side");
        _repository.Git("checkout", "--quiet", "main");
        Signed(_ada, "Main");
        _repository.Git([.. _ada.GitOptions, "merge", "--quiet", "--no-ff", "-S", "-m", "Merge", "side"]);

        Assert.That((await source.PullAsync(first, default)).Refusal, Does.Contain($"Commit {side[..7]}"));
    }

    [Test]
    public async Task WhatWasAccepted_StaysSo_OverARestart_WhenItsKeyIsTakenAway()
    {
        Signed(_ada, "First");
        using (var source = Open())
        {
            await source.PullAsync(null, default);
        }

        Allow("");
        using var again = Open();
        Assert.That((await again.PullAsync(null, default)).Signer, Does.StartWith("ada@example.com"));

        Signed(_ada, "Second");
        Assert.That((await again.PullAsync(null, default)).Refusal, Does.Contain(_ada.Fingerprint));
    }

    [Test]
    public async Task WithoutTheFileOfTheKeys_NothingNewIsTaken_UntilItIsBack()
    {
        Signed(_ada, "First");
        using var source = Open();
        File.Delete(AllowedSigners);

        var failure = await Assert.ThrowsAsync<SourceException>(() => source.PullAsync(null, default));
        Assert.That(failure!.Message, Does.Contain(AllowedSigners).And.Contain("Nothing new is taken"));

        Allow($"ada@example.com {_ada.Public}");
        Assert.That((await source.PullAsync(null, default)).Refusal, Is.Null);
    }

    private Source Open(Action<SourceOptions>? configure = null, string clone = "clone") => Make.Source(_repository.Path, _directory.Combine(clone), options =>
    {
        options.Signatures = new SignatureOptions { RequireSigned = true, AllowedSignersFile = AllowedSigners };
        configure?.Invoke(options);
    });

    private void Allow(string lines) => File.WriteAllText(AllowedSigners, lines + "\n");

    private string Signed(SigningKey key, string message, string? at = null)
    {
        _repository.Write("a.txt", message).Git("add", "--all");
        _repository.GitAt(at, [.. key.GitOptions, "commit", "--quiet", "--allow-empty", "--message", message]);
        return _repository.Head;
    }

    /// <summary>The tip becomes a commit with the same signature and another content.</summary>
    private void Tamper(string words, string others)
    {
        var text = _repository.Git("cat-file", "commit", "HEAD") + "\n";
        var file = _directory.Combine("tampered");
        File.WriteAllText(file, text.Replace(words, others, StringComparison.Ordinal));
        _repository.Git("update-ref", "HEAD", _repository.Git("hash-object", "-t", "commit", "-w", file));
    }
}
