using PluginHost.Hosting;
using PluginHost.Sources;
using PluginHost.TestInfra;

namespace PluginHost.Tests.Sources;

/// <summary>What people are shown of commits; whoever wrote these may mean harm.</summary>
public sealed class CommitFilesTests
{
    private TestDirectory _directory = null!;
    private TestRepository _repository = null!;
    private DataDirectory _data = null!;
    private CommitFiles _files = null!;

    [SetUp]
    public void SetUp()
    {
        _directory = new TestDirectory();
        _data = Make.DataDirectory(_directory.Combine("data"));
        _files = new CommitFiles(_data);

        // As a clone is: bare, and where the host has it.
        _repository = TestRepository.Create(_directory.Combine("remote"));
    }

    [TearDown]
    public void TearDown()
    {
        _data.Dispose();
        _directory.Dispose();
    }

    [Test]
    public void AFile_IsReadAsItIsInTheCommit_WhateverCameLater()
    {
        var first = _repository.Write("plugins/A/a.cs", "one\n").Commit("First");
        _repository.Write("plugins/A/a.cs", "two\n").Commit("Second");
        Clone();

        Assert.That(Read(first, "plugins/A/a.cs"), Is.EqualTo(new SourceText("plugins/A/a.cs", "one\n", null)));
    }

    [TestCase("../../../etc/passwd")]
    [TestCase("/etc/passwd")]
    [TestCase("plugins/link.cs")]
    [TestCase("plugins")]
    [TestCase("nothing.cs")]
    [TestCase("")]
    public void WhatIsNoFileOfTheCommit_IsNotRead(string path)
    {
        _repository.Write("plugins/a.cs", "a");
        if (!OperatingSystem.IsWindows())
        {
            File.CreateSymbolicLink(Path.Combine(_repository.Path, "plugins", "link.cs"), "/etc/passwd");
        }

        var commit = _repository.Commit("A link that leads out");
        Clone();

        Assert.That(Read(commit, path), Has.Property("Text").Null.And.Property("Note").Contain("not in the repository"));
    }

    [Test]
    public void WhatIsNoText_OrTooLarge_IsNotShown()
    {
        var commit = _repository.Write("a.bin", "a\0b").Write("large.cs", new string('x', 300_000)).Commit("Both");
        Clone();

        Assert.That(Read(commit, "a.bin"), Is.EqualTo(new SourceText("a.bin", null, "It is no text.")));
        Assert.That(Read(commit, "large.cs").Note, Is.EqualTo("It has 292 KiB; 256 KiB are shown at most."));
    }

    [Test]
    public void OfVeryMuch_TheFirstFilesAreShown()
    {
        for (var i = 0; i < 400; i++)
        {
            _repository.Write($"f{i:D3}.cs", new string('x', 10_000));
        }

        var commit = _repository.Commit("Very much");
        Clone();

        var read = _files.Read("default", commit, Enumerable.Range(0, 400).Select(i => $"f{i:D3}.cs"));

        Assert.That(read, Has.Count.EqualTo(300));
        Assert.That(read.Sum(file => file.Text?.Length ?? 0), Is.InRange(1_000_000, 1024 * 1024));
        Assert.That(read[^1].Note, Is.EqualTo("There is too much to show it all."));
    }

    [Test]
    public void ACommitThatIsGone_AndACloneThatIsNotThere_AreSaid()
    {
        Assert.That(Read(new string('a', 40), "a.cs").Note, Does.StartWith("The clone cannot be read now"));
        _repository.Commit("First");
        Clone();

        Assert.That(Read(new string('a', 40), "a.cs").Note, Is.EqualTo("The clone does not hold this commit any more."));
        Assert.That(_files.Compare("default", new string('a', 40), _repository.Head, [("a.cs", true, true)]), Is.EqualTo((Array.Empty<FileChange>(), "The clone does not hold this commit any more.")));
    }

    [Test]
    public void TwoCommits_AreComparedFileByFile()
    {
        var before = _repository.Write("changed.cs", "one\ntwo\n").Write("gone.cs", "x\n").Write("same.cs", "s").Write("other.bin", "a\0b").Commit("Before");
        var after = _repository.Write("changed.cs", "one\n<b>2</b>\nthree\n").Delete("gone.cs").Write("new.cs", "n\n").Write("other.bin", "a\0c").Commit("After");
        Clone();

        var (files, note) = _files.Compare(
            "default", before, after, [("changed.cs", true, true), ("gone.cs", true, false), ("same.cs", true, true), ("new.cs", false, true), ("other.bin", true, true)]);

        Assert.That(note, Is.Null);
        Assert.That(files.Select(file => $"{file.Path} {file.Kind} +{file.Added} -{file.Removed} {file.Note}".Trim()), Is.EqualTo(new[]
        {
            "changed.cs Changed +2 -1", "gone.cs Removed +0 -1", "new.cs Added +1 -0", "other.bin Changed +0 -0 It is no text.",
        }));
        Assert.That(files[0].Patch, Does.Contain("@@ -1,2 +1,3 @@").And.Contain("-two\n+<b>2</b>\n+three"));
    }

    [Test]
    public void WithNothingToCompareWith_EveryFileIsNew()
    {
        var commit = _repository.Write("a.cs", "a\n").Commit("First");
        Clone();

        Assert.That(_files.Compare("default", null, commit, [("a.cs", false, true)]).Files.Single().Kind, Is.EqualTo(FileChangeKind.Added));
    }

    private void Clone()
    {
        Directory.CreateDirectory(_data.Source("default"));
        Command.Run(_directory.Path, "git", "clone", "--quiet", "--bare", _repository.Path, GitClone.DirectoryIn(_data.Source("default")));
    }

    private SourceText Read(string commit, string path) => _files.Read("default", commit, [path]).Single();
}
