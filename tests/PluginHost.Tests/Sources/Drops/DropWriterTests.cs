using PluginHost.Sources.Drops;

namespace PluginHost.Tests.Sources.Drops;

public sealed class DropWriterTests
{
    private DropFixture _drops = null!;

    [SetUp]
    public void SetUp() => _drops = new DropFixture();

    [TearDown]
    public void TearDown() => _drops.Dispose();

    [Test]
    public void ADrop_HoldsTheOutputAndItsHashes_AndNothingIsLeftBesideIt()
    {
        var place = _drops.Drop("A", "1", 1, "one");

        var manifest = DropManifest.Parse(File.ReadAllBytes(Path.Combine(place, DropManifest.FileName)), "A");
        Assert.That(manifest.Files.Keys, Is.EquivalentTo(new[] { "A.dll", "native/x.so" }));
        Assert.That(File.ReadAllText(Path.Combine(place, "A.dll")), Is.EqualTo("one"));
        Assert.That(Directory.GetFileSystemEntries(Path.Combine(_drops.Root, "A")), Is.EqualTo(new[] { place }));
    }

    [Test]
    public void AVersionThatIsThere_IsNotTouched()
    {
        var place = _drops.Drop("A", "1", 1, "one");

        Assert.That(() => _drops.Drop("A", "1", 2, "two"), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("is there already"));
        Assert.That(File.ReadAllText(Path.Combine(place, "A.dll")), Is.EqualTo("one"));
    }

    [Test]
    public void ADropThatWouldNotGoLive_IsRefused()
    {
        _drops.Drop("A", "1", 7, "one");

        Assert.That(() => _drops.Drop("A", "2", 7, "two"), Throws.InstanceOf<InvalidDataException>().With.Message.StartsWith("Drop 1 of A has the sequence 7, and this one 7: it would not go live."));
        Assert.That(() => _drops.Drop("B", "2", 7, "two"), Throws.Nothing);
    }

    [Test]
    public void AnOutputWithALink_IsRefused_AndNothingIsLeft()
    {
        File.CreateSymbolicLink(Path.Combine(_drops.Output("A", "one"), "more.dll"), "A.dll");

        Assert.That(() => _drops.Drop("A", "1", 1, "one"), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("more.dll is a symbolic link"));
        Assert.That(Directory.GetFileSystemEntries(Path.Combine(_drops.Root, "A")), Is.Empty);
    }

    [Test]
    public void AnOutputThatNoHostWouldTake_BecauseItIsTooLarge_IsRefusedBeforeItIsCopied()
    {
        using (var file = File.Create(Path.Combine(_drops.Output("A", "one"), "model.bin")))
        {
            file.SetLength(DropFiles.MaxBytes);
        }

        Assert.That(() => _drops.Drop("A", "1", 1, "one"), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("cannot be dropped: its files are larger than"));
        Assert.That(Directory.GetFileSystemEntries(Path.Combine(_drops.Root, "A")), Is.Empty);
    }

    [Test]
    public void AnOutputWithoutTheAssembly_IsRefused_AndNothingIsLeft()
    {
        var output = _drops.Output("A", "one");
        File.Delete(Path.Combine(output, "A.dll"));

        Assert.That(() => DropWriter.Write(output, _drops.Root, "1", DropFixture.Manifest("A", 1)), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("names A.dll as the plugin's assembly, and not among its files"));
        Assert.That(Directory.GetFileSystemEntries(Path.Combine(_drops.Root, "A")), Is.Empty);
    }
}
