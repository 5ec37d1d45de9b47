using PluginHost.Sources.Drops;

namespace PluginHost.Tests.Sources.Drops;

public sealed class DropManifestTests
{
    private static readonly string Hash = new('a', 64);

    [Test]
    public void WhatIsWritten_IsWhatIsRead()
    {
        var manifest = Good() with { Commit = new string('c', 40), Author = "Ada", Message = "First", BuildUrl = "https://ci.example.com/1", CreatedAt = DateTimeOffset.UnixEpoch };

        var read = DropManifest.Parse(manifest.ToJson(), "a");

        Assert.That(read with { Files = manifest.Files }, Is.EqualTo(manifest));
        Assert.That(read.Files, Is.EqualTo(manifest.Files));
    }

    [Test]
    public void TheContent_IsTheFilesAndTheAssembly_AndNothingElse()
    {
        var id = Good().ContentId();

        Assert.That((Good() with { Sequence = 9, Commit = "1234567", Message = "x" }).ContentId(), Is.EqualTo(id));
        Assert.That((Good() with { Assembly = "B.dll" }).ContentId(), Is.Not.EqualTo(id));
        Assert.That((Good() with { Files = new Dictionary<string, string> { ["A.dll"] = new('b', 64) } }).ContentId(), Is.Not.EqualTo(id));
    }

    [TestCase("""{ "plugin": "A" """, "cannot be read")]
    [TestCase("""{ "format": 1, "plugin": "A", "assembly": "A.dll", "sequence": 1 }""", "cannot be read")]
    [TestCase("null", "is empty")]
    [TestCase("""{ "format": 2, "plugin": "A", "assembly": "A.dll", "sequence": 1, "files": { "A.dll": "" } }""", "has format 2, and this host reads format 1")]
    [TestCase("""{ "format": 1, "plugin": "B", "assembly": "A.dll", "sequence": 1, "files": { "A.dll": "" } }""", "is of plugin 'B', and its folder of 'A'")]
    [TestCase("""{ "format": 1, "plugin": "A", "assembly": "A.dll", "sequence": 1, "files": { } }""", "names no files")]
    [TestCase("""{ "format": 1, "plugin": "A", "assembly": "A.dll", "sequence": 1, "files": { "A.dll": "12" } }""", "has no SHA-256 of A.dll")]
    public void WhatCannotBeFollowed_IsRefusedWithItsReason(string json, string words) =>
        Assert.That(() => DropManifest.Parse(System.Text.Encoding.UTF8.GetBytes(json), "A"), Throws.InstanceOf<InvalidDataException>().With.Message.Contains(words));

    [TestCase("../A.dll")]
    [TestCase("/etc/passwd")]
    [TestCase("x/../../A.dll")]
    [TestCase(@"x\A.dll")]
    [TestCase("C:/A.dll")]
    [TestCase("x//A.dll")]
    [TestCase("drop.json")]
    public void APathThatLeadsOut_IsRefused(string path) =>
        Assert.That((Good() with { Files = new Dictionary<string, string> { ["A.dll"] = Hash, [path] = Hash } }).FindMistake("A"), Is.EqualTo($"names '{path}', which is no path within the drop"));

    [Test]
    public void WhatIsShownOfIt_IsBounded()
    {
        Assert.That((Good() with { Assembly = "B.dll" }).FindMistake("A"), Does.Contain("not among its files"));
        Assert.That((Good() with { Commit = "v1.0" }).FindMistake("A"), Does.Contain("not 7 to 64 small hexadecimal digits"));
        Assert.That((Good() with { BuildUrl = "javascript:alert(1)" }).FindMistake("A"), Does.Contain("no http or https address"));
    }

    private static DropManifest Good() => new() { Format = 1, Plugin = "A", Assembly = "A.dll", Sequence = 1, Files = new Dictionary<string, string> { ["A.dll"] = Hash } };
}
