using Microsoft.Extensions.Time.Testing;
using PluginHost.Processes;
using PluginHost.Sources;
using PluginHost.Sources.Drops;
using PluginHost.Sources.Signatures;
using PluginHost.TestInfra;

namespace PluginHost.Tests.Sources.Drops;

[Platform(Exclude = "Win", Reason = "Keys are made by the programs of Unix.")]
public sealed class SignedDropsTests
{
    private TestDirectory _directory = null!;
    private SigningKey _key = null!;
    private DropFixture _drops = null!;

    private string AllowedSigners => _directory.Combine("allowed_signers");

    [SetUp]
    public void SetUp()
    {
        _directory = new TestDirectory();
        _key = SigningKey.Ssh(_directory.Combine("ada"));
        Allow(_key);
        _drops = new DropFixture(new SignatureOptions { RequireSigned = true, AllowedSignersFile = AllowedSigners });
    }

    [TearDown]
    public void TearDown()
    {
        _drops.Dispose();
        _key.Dispose();
        _directory.Dispose();
    }

    [Test]
    public async Task ADropThatAnAllowedKeySigned_IsTaken_AndTheReceiptWillSayWho()
    {
        _drops.Drop("A", "1", 1, "one", sign: manifest => DropSigner.Sign(manifest, _key.File, new ChildProcess(TimeProvider.System), default));

        var snapshot = await _drops.LookAsync();

        Assert.That(snapshot.Drops!.Single().Current!.Version, Is.EqualTo("1"));
        Assert.That(snapshot.Signer, Does.StartWith("ada@example.com (").And.Contains(_key.Fingerprint));
    }

    [Test]
    public async Task ADropThatAnAllowedOpenPgpKeySigned_IsTaken()
    {
        using var key = SigningKey.OpenPgp(_directory.Combine("pgp"));
        var keys = _directory.Combine("keys.asc");
        File.WriteAllText(keys, key.Public);
        using var drops = new DropFixture(new SignatureOptions { RequireSigned = true, OpenPgpKeysFile = keys });
        drops.Drop("A", "1", 1, "one", sign: manifest => key.Sign(manifest, ""));

        Assert.That((await drops.LookAsync()).Signer, Does.Contain(key.Fingerprint));
    }

    [TestCase("nobody", "it is not signed: there is no drop.json.sig")]
    [TestCase("stranger", "does not allow for a drop of 2026-01-01")]
    [TestCase("git", "does not fit what it holds")]
    public async Task ADropThatIsNotSignedAsADropByAnAllowedKey_IsRefused(string who, string words)
    {
        using var stranger = SigningKey.Ssh(_directory.Combine("stranger"));
        _drops.Drop("A", "1", 1, "one", sign: who switch
        {
            "stranger" => manifest => stranger.Sign(manifest, DropSignatures.Namespace),
            "git" => manifest => _key.Sign(manifest, "git"),
            _ => null,
        });

        var snapshot = await _drops.LookAtRestAsync();

        Assert.That((snapshot.Drops!.Single().Current, snapshot.Signer), Is.EqualTo(((Drop?)null, (string?)null)));
        Assert.That(snapshot.Problem, Does.Contain(words));
    }

    [Test]
    public async Task AManifestThatWasChangedAfterItWasSigned_IsRefused_AlsoWhenItsContentIsKept()
    {
        var folder = _drops.Drop("A", "1", 1, "one", sign: Sign);
        _drops.Keep((await _drops.LookAsync()).Drops!.Single().Current!.ContentId);
        var manifest = Path.Combine(folder, DropManifest.FileName);
        var replayed = DropManifest.Parse(File.ReadAllBytes(manifest), "A") with { Sequence = 99 };
        File.WriteAllBytes(manifest, replayed.ToJson());

        var snapshot = await _drops.LookAtRestAsync();

        Assert.That(snapshot.Drops!.Single().Current, Is.Null);
        Assert.That(snapshot.Problem, Does.Contain("it was changed after it was signed"));
    }

    [Test]
    public async Task WhenItsKeyIsAllowedLater_ARefusedDropIsTaken_WithoutAChangeToIt()
    {
        using var stranger = SigningKey.Ssh(_directory.Combine("stranger"));
        _drops.Drop("A", "1", 1, "one", sign: manifest => stranger.Sign(manifest, DropSignatures.Namespace));
        var refused = await _drops.LookAtRestAsync();
        Allow(_key, stranger);

        var taken = await _drops.LookAsync(refused);

        Assert.That((refused.Problem is null, taken.Drops!.Single().Current?.Version, taken.Problem), Is.EqualTo((false, "1", (string?)null)));
    }

    [Test]
    public async Task WhenItsKeyIsRemoved_ADropThatWasTakenCountsNoMore_AndTheOneBeforeDoesOnceThatIsCertain()
    {
        using var removed = SigningKey.Ssh(_directory.Combine("removed"));
        Allow(_key, removed);
        _drops.Drop("A", "1", 1, "one", sign: Sign);
        _drops.Drop("A", "2", 2, "two", sign: manifest => removed.Sign(manifest, DropSignatures.Namespace));
        var before = await _drops.LookAsync();
        Allow(_key);

        var first = await _drops.LookAsync(before);
        _drops.Time.Advance(TimeSpan.FromSeconds(11));
        var later = await _drops.LookAsync(first);

        Assert.That((before.Drops!.Single().Current?.Version, first.Drops!.Single().Current?.Version, later.Drops!.Single().Current?.Version), Is.EqualTo(("2", (string?)null, "1")));
        Assert.That(later.Problem, Does.StartWith("Drop 2 of A is not taken: it is signed with").And.Contains("does not allow"));
    }

    [Test]
    public async Task WhenOtherKeysAreAllowed_ADropThatIsStillSignedStaysTheSame()
    {
        using var another = SigningKey.Ssh(_directory.Combine("another"));
        _drops.Drop("A", "1", 1, "one", sign: Sign);
        var before = await _drops.LookAsync();
        Allow(_key, another);

        Assert.That(await _drops.LookAsync(before), Is.SameAs(before));
    }

    [Test]
    public void ASignatureThatCannotBeCheckedOnce_IsThatDropsFault_AndIsCheckedAgain()
    {
        string? failing = "A";
        var time = new FakeTimeProvider();
        var signatures = new DropSignatures(
            () => "keys", (signature, _) => signature.Armor == failing ? throw new SourceException(SourceFailure.Unreachable, "The program 'gpg' is not on the PATH.") : SignatureVerdict.Good("ada"), time);
        var folder = new DropFolder(_drops.Root, (_, _) => false, signatures, time);
        foreach (var plugin in new[] { "A", "B" })
        {
            _drops.Drop(plugin, "1", 1, "one", sign: manifest => File.WriteAllText($"{manifest}.sig", plugin));
        }

        folder.Read();
        time.Advance(TimeSpan.FromSeconds(11));
        var (plugins, problem) = folder.Read();
        failing = null;

        Assert.That(plugins.Select(plugin => plugin.Current?.Version), Is.EqualTo(new[] { null, "1" }));
        Assert.That(problem, Is.EqualTo("Drop 1 of A is not taken: who signed it cannot be told (The program 'gpg' is not on the PATH.)."));
        Assert.That(folder.Read().Plugins.Select(plugin => plugin.Current?.Version), Is.EqualTo(new[] { "1", "1" }));
    }

    [Test]
    public void AKeyThatCannotSign_LeavesNoDrop()
    {
        Assert.That(
            () => _drops.Drop("A", "1", 1, "one", sign: manifest => DropSigner.Sign(manifest, _directory.Combine("nowhere"), new ChildProcess(TimeProvider.System), default)),
            Throws.InstanceOf<InvalidDataException>().With.Message.Contains("cannot be signed with"));
        Assert.That(Directory.GetFileSystemEntries(Path.Combine(_drops.Root, "A")), Is.Empty);
    }

    private void Sign(string manifest) => _key.Sign(manifest, DropSignatures.Namespace);

    private void Allow(params SigningKey[] keys) =>
        File.WriteAllLines(AllowedSigners, keys.Select(key => $"ada@example.com namespaces=\"git,{DropSignatures.Namespace}\" {key.Public}"));
}
