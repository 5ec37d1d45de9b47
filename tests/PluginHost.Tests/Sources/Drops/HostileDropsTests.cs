using PluginHost.Sources;
using PluginHost.Sources.Drops;
using PluginHost.TestInfra;

namespace PluginHost.Tests.Sources.Drops;

/// <summary>What whoever can write to the folder may put there to hold the host up.</summary>
[Platform(Exclude = "Win", Reason = "Devices and pipes do not lie in folders there.")]
public sealed class HostileDropsTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    private TestDirectory _directory = null!;

    [SetUp]
    public void SetUp() => _directory = new TestDirectory();

    [TearDown]
    public void TearDown() => _directory.Dispose();

    [TestCase(DropManifest.FileName, "link", "its drop.json is a symbolic link")]
    [TestCase(DropManifest.FileName, "pipe", "its drop.json is no regular file")]
    [TestCase("A.dll", "pipe", "its A.dll is no regular file")]
    [TestCase("A.dll", "sparse", "its files are larger than")]
    public async Task ADropWithAFileThatIsNone_IsRefusedByName_AndTheOtherPluginIsTaken(string file, string kind, string words)
    {
        using var drops = new DropFixture();
        Replace(Path.Combine(drops.Drop("A", "1", 1, "one"), file), kind);
        drops.Drop("B", "1", 1, "one");

        var snapshot = await drops.LookAtRestAsync().WaitAsync(Soon);

        Assert.That(snapshot.Drops!.Select(plugin => plugin.Current?.Version), Is.EqualTo(new[] { null, "1" }));
        Assert.That(snapshot.Problem, Does.Contain(words));
    }

    [TestCase("link", "its drop.json.sig is a symbolic link")]
    [TestCase("pipe", "its drop.json.sig is no regular file")]
    [TestCase("sparse", "its drop.json.sig is larger than")]
    public async Task ASignatureThatIsNoFile_IsRefusedByName(string kind, string words)
    {
        using var drops = Signed();
        var signature = Path.Combine(drops.Drop("A", "1", 1, "one"), DropSignatures.FileName);
        File.WriteAllText(signature, "");
        Replace(signature, kind);

        Assert.That((await drops.LookAtRestAsync().WaitAsync(Soon)).Problem, Does.Contain(words));
    }

    [Test]
    public async Task WhereSignaturesAreAsked_NoFileOfAnUnsignedDropIsRead()
    {
        using var drops = Signed();
        File.WriteAllText(Path.Combine(drops.Drop("A", "1", 1, "one"), "A.dll"), "two");

        var problem = (await drops.LookAtRestAsync()).Problem;

        Assert.That(problem, Does.Contain("it is not signed").And.Not.Contains("SHA-256"), "Whoever had read it would have found it changed.");
    }

    private DropFixture Signed()
    {
        var allowed = _directory.Combine("allowed_signers");
        File.WriteAllText(allowed, "");
        return new DropFixture(new SignatureOptions { RequireSigned = true, AllowedSignersFile = allowed });
    }

    private static void Replace(string path, string kind)
    {
        File.Delete(path);
        switch (kind)
        {
            case "link": File.CreateSymbolicLink(path, "/dev/zero"); break;
            case "pipe": UnixFiles.MakePipe(path); break;
            case "sparse":
                using (var file = File.Create(path))
                {
                    file.SetLength(DropFiles.MaxBytes + 1);
                }

                break;
        }
    }
}
