using PluginHost.Sources;
using PluginHost.TestInfra;

namespace PluginHost.Tests.Sources;

public sealed class WorkingTreeTests
{
    private readonly TestDirectory _directory = new();

    [TearDown]
    public void DeleteDirectory() => _directory.Dispose();

    [Test]
    public void ItsFiles_AreThoseThatGitWouldCommit_AndThoseTrackedAlthoughIgnored()
    {
        var repository = TestRepository.Create(_directory.Combine("repository"))
            .Write(".gitignore", "*.log\nbin/\n").Write("a.cs", "committed").Write("forced.log", "1").Write("gone.cs", "");
        repository.Git("add", "--force", "forced.log");
        repository.Commit("First");
        repository.Write("a.cs", "edited").Write("new/b.cs", "new").Write("other.log", "").Write("bin/c.dll", "");
        File.Delete(_directory.Combine("repository", "gone.cs"));
        using var tree = Open();

        var snapshot = tree.Read(null);

        Assert.That(snapshot.Tree.AllFiles().Select(file => file.Key), Is.EquivalentTo(new[] { ".gitignore", "a.cs", "forced.log", "new/b.cs" }));
        Assert.That(snapshot.ReadText(snapshot.Tree.FindFile("a.cs")!), Is.EqualTo("edited"));
    }

    [Test]
    public void NothingIsWritten_ToTheRepository()
    {
        var repository = TestRepository.Create(_directory.Combine("repository")).Write("a.cs", "1");
        repository.Commit("First");
        repository.Write("a.cs", "2").Write("b.cs", "new");
        var before = FilesOfGit();
        using var tree = Open();

        tree.Read(tree.Read(null));

        Assert.That(FilesOfGit(), Is.EqualTo(before));
    }

    [Test]
    public void WhileNothingIsSaved_ItIsTheSameSnapshot_AndThenOneThatNamesTheFile()
    {
        var repository = TestRepository.Create(_directory.Combine("repository")).Write("a.cs", "1").Write("b.cs", "1");
        using var tree = Open();
        var first = tree.Read(null);

        Assert.That(tree.Read(first), Is.SameAs(first));

        // The same length: git looks at the time, and within its resolution at the content.
        repository.Write("b.cs", "2");
        var second = tree.Read(first);
        Assert.That(second.Commit, Is.Not.EqualTo(first.Commit));
        Assert.That(second.Message, Is.EqualTo("b.cs"));
        Assert.That(second.ReadText(second.Tree.FindFile("b.cs")!), Is.EqualTo("2"));
    }

    [Test]
    public void WithoutGit_WhatBuildsMakeIsLeftOut()
    {
        Directory.CreateDirectory(_directory.Combine("repository", "A", "obj"));
        File.WriteAllText(_directory.Combine("repository", "A", "a.cs"), "");
        File.WriteAllText(_directory.Combine("repository", "A", "obj", "project.assets.json"), "");
        using var tree = Open();

        Assert.That(tree.Read(null).Tree.AllFiles().Select(file => file.Key), Is.EqualTo(new[] { "A/a.cs" }));
        Assert.That(() => tree.ReadCommit("HEAD"), Throws.TypeOf<SourceException>().With.Message.Contains("not in a git repository"));
    }

    [Test]
    public void ACommit_IsReadByItsName()
    {
        var repository = TestRepository.Create(_directory.Combine("repository")).Write("a.cs", "old");
        var commit = repository.Commit("Old");
        repository.Write("a.cs", "new").Commit("New");
        using var tree = Open();

        var snapshot = tree.ReadCommit("HEAD~1");

        Assert.That(snapshot.Commit, Is.EqualTo(commit));
        Assert.That(snapshot.ReadText(snapshot.Tree.FindFile("a.cs")!), Is.EqualTo("old"));
        Assert.That(() => tree.ReadCommit("nowhere"), Throws.TypeOf<SourceException>().With.Message.Contains("no commit 'nowhere'"));
    }

    private WorkingTree Open() => new("default", _directory.Combine("repository"), _directory.Combine("own.git"), TimeProvider.System);

    private List<string> FilesOfGit() =>
    [
        .. new DirectoryInfo(_directory.Combine("repository", ".git")).EnumerateFiles("*", SearchOption.AllDirectories)
            .Select(file => $"{file.FullName} {file.Length} {file.LastWriteTimeUtc.Ticks}").Order(StringComparer.Ordinal),
    ];
}
