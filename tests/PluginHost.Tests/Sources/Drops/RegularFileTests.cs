using System.Security.Cryptography;
using PluginHost.Sources.Drops;
using PluginHost.TestInfra;

namespace PluginHost.Tests.Sources.Drops;

[Platform(Exclude = "Win", Reason = "Devices and pipes do not lie in folders there.")]
public sealed class RegularFileTests
{
    // Nothing here may wait: a pipe would be waited at for ever.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    private TestDirectory _directory = null!;

    [SetUp]
    public void SetUp() => _directory = new TestDirectory();

    [TearDown]
    public void TearDown() => _directory.Dispose();

    [Test]
    public void AFile_IsReadAndHashed()
    {
        var content = RandomNumberGenerator.GetBytes(300_000);
        File.WriteAllBytes(_directory.Combine("x"), content);

        Assert.That(RegularFile.ReadAll(_directory.Path, "x", content.Length), Is.EqualTo(content));
        Assert.That(RegularFile.Hash(_directory.Path, "x"), Is.EqualTo(Convert.ToHexStringLower(SHA256.HashData(content))));
    }

    [Test]
    public void AFileThatIsTooLarge_IsNotRead()
    {
        File.WriteAllText(_directory.Combine("x"), "four");
        using (var sparse = File.Create(_directory.Combine("sparse")))
        {
            sparse.SetLength(DropFiles.MaxBytes + 1);
        }

        Assert.That(() => RegularFile.ReadAll(_directory.Path, "x", 3), Throws.TypeOf<InvalidDataException>().With.Message.EqualTo("its x is larger than 3 bytes"));
        Assert.That(() => RegularFile.Hash(_directory.Path, "sparse"), Throws.TypeOf<InvalidDataException>().With.Message.StartsWith("its sparse is larger than"));
    }

    [Test]
    public async Task APipeThatNobodyWritesTo_IsRefusedAtOnce()
    {
        UnixFiles.MakePipe(_directory.Combine("x"));

        await Assert.ThatAsync(
            () => Task.Run(() => RegularFile.Hash(_directory.Path, "x")).WaitAsync(Soon), Throws.TypeOf<InvalidDataException>().With.Message.EqualTo("its x is no regular file"));
    }

    [Test]
    public async Task ADeviceWithoutAnEnd_IsRefusedAtOnce()
    {
        await Assert.ThatAsync(() => Task.Run(() => RegularFile.ReadAll("/dev", "zero", 100)).WaitAsync(Soon), Throws.TypeOf<InvalidDataException>().With.Message.Contains("its zero is no regular file"));
        await Assert.ThatAsync(() => Task.Run(() => RegularFile.Hash("/dev", "zero")).WaitAsync(Soon), Throws.TypeOf<InvalidDataException>().With.Message.Contains("its zero is no regular file"));
    }

    [Test]
    public void ALink_OrAFolder_IsRefused()
    {
        File.WriteAllText(_directory.Combine("x"), "");
        File.CreateSymbolicLink(_directory.Combine("link"), _directory.Combine("x"));
        Directory.CreateDirectory(_directory.Combine("folder"));

        Assert.That(() => RegularFile.Open(_directory.Path, "link"), Throws.TypeOf<InvalidDataException>().With.Message.StartsWith("its link is a symbolic link"));
        Assert.That(() => RegularFile.Open(_directory.Path, "folder"), Throws.InstanceOf<SystemException>());
    }

    [Test]
    [Platform("Linux")]
    public void WhatIsNotThere_OrNotForTheHostToRead_IsToldApart()
    {
        File.WriteAllText(_directory.Combine("x"), "");
        UnixFiles.LetOthersRead(_directory.Combine("x"), false);
        UnixFiles.LetOthersRead(_directory.Path, true);

        Assert.That(() => RegularFile.Open(_directory.Path, "gone"), Throws.TypeOf<FileNotFoundException>());
        Assert.That(() => UnixFiles.AsNobody(() => RegularFile.Open(_directory.Path, "x").Dispose()), Throws.TypeOf<UnauthorizedAccessException>());
    }
}
