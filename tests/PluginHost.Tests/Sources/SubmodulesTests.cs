using PluginHost.Sources;
using PluginHost.TestInfra;

namespace PluginHost.Tests.Sources;

public sealed class SubmodulesTests
{
    private TestDirectory _directory = null!;
    private TestRepository _repository = null!;
    private TestRepository _library = null!;

    [SetUp]
    public void SetUp()
    {
        _directory = new TestDirectory();
        _library = TestRepository.Create(_directory.Combine("library"));
        _library.Write("src/Lib.cs", "1").Commit("Library");
        _repository = TestRepository.Create(_directory.Combine("remote"));
        _repository.Write("plugins/a.txt", "a").Commit("First");
        Add(_repository, "../library", "lib");
    }

    [TearDown]
    public void TearDown() => _directory.Dispose();

    [Test]
    public async Task TheirFiles_AreThoseOfTheCommitThatTheRepositoryNames()
    {
        using var source = Open();
        var first = await source.PullAsync(null, default);
        Assert.That(Text(first, "lib/src/Lib.cs"), Is.EqualTo("1"));

        _library.Write("src/Lib.cs", "2").Commit("Newer");
        Assert.That(await source.PullAsync(first, default), Is.SameAs(first), "The repository still names the old one.");

        _repository.Git("-C", "lib", "pull", "--quiet");
        _repository.Commit("Move on");
        var second = await source.PullAsync(first, default);
        Assert.That(Text(second, "lib/src/Lib.cs"), Is.EqualTo("2"));
        Assert.That(second.Tree.FindFolder("plugins"), Is.SameAs(first.Tree.FindFolder("plugins")));
        Assert.That(SourceTree.Compare(first.Tree, second.Tree).Select(change => change.Key), Is.EqualTo(new[] { "lib/src/Lib.cs" }));
    }

    [Test]
    public async Task ThoseOfSubmodules_AreFetchedToo()
    {
        var inner = TestRepository.Create(_directory.Combine("inner"));
        inner.Write("Inner.cs", "i").Commit("Inner");
        Add(_library, "../inner", "deep/inner");
        _repository.Git("-C", "lib", "pull", "--quiet");
        _repository.Commit("Move on");
        using var source = Open();

        Assert.That(Text(await source.PullAsync(null, default), "lib/deep/inner/Inner.cs"), Is.EqualTo("i"));
    }

    [Test]
    public async Task WithoutBeingAsked_TheyAreNotFetched()
    {
        using var source = Open(submodules: false);
        var snapshot = await source.PullAsync(null, default);

        Assert.That(snapshot.Tree.FindFile("lib")!.Kind, Is.EqualTo(SourceFileKind.Submodule));
        Assert.That(_directory.Combine("clone", "submodules"), Does.Not.Exist);
    }

    [Test]
    public async Task ACommitThatIsOnNoBranch_IsSaid_AndTakenOnceItIsPushed()
    {
        _repository.Write("lib/src/Lib.cs", "unpushed");
        _repository.Git("-C", "lib", "commit", "--quiet", "--all", "--message", "Unpushed");
        _repository.Commit("Name it");
        using var source = Open();

        var failure = await Assert.ThrowsAsync<SourceException>(() => source.PullAsync(null, default));
        Assert.That(failure!.Message, Does.Contain("The submodule lib of").And.Contain("no branch of").And.Contain("Push it there"));

        _repository.Git("-C", "lib", "push", "--quiet", "origin", "HEAD:refs/heads/side");
        Assert.That(Text(await source.PullAsync(null, default), "lib/src/Lib.cs"), Is.EqualTo("unpushed"));
    }

    [Test]
    public async Task ARepositoryThatIsItsOwnSubmodule_EndsSomewhere()
    {
        Add(_repository, "../remote", "self");
        _repository.Git("-C", "self", "checkout", "--quiet", "HEAD");
        using var source = Open();

        // Each level names an older commit, until one has no submodule of itself.
        Assert.That((await source.PullAsync(null, default)).Tree.FindFile("self/lib/src/Lib.cs"), Is.Not.Null);
    }

    [TestCase("https://host/team/scripts.git", "../lib.git", "https://host/team/lib.git")]
    [TestCase("https://host/team/scripts.git", "../../other/lib.git", "https://host/other/lib.git")]
    [TestCase("https://host/team/scripts.git", "./lib.git", "https://host/team/scripts.git/lib.git")]
    [TestCase("git@host:team/scripts.git", "../lib.git", "git@host:team/lib.git")]
    [TestCase("git@host:scripts.git", "../lib.git", "git@host:lib.git")]
    [TestCase("https://host/team/scripts.git", "https://other/lib.git", "https://other/lib.git")]
    [TestCase("https://host/team/scripts.git", "/etc", null)]
    [TestCase("https://host/team/scripts.git", "file:///etc", null)]
    [TestCase("https://host/team/scripts.git", "../../../../lib.git", null)]
    [TestCase("git@host:scripts.git", "/srv/secret", null)]
    public void AnAddress_IsFollowedWhereItMayLead(string parent, string address, string? expected) =>
        Assert.That(GitModules.Resolve(RemoteAddress.Parse(parent), address)?.Url, Is.EqualTo(expected));

    private Source Open(bool submodules = true) => Make.Source(_repository.Path, _directory.Combine("clone"), options => options.Submodules = submodules);

    private static string Text(SourceSnapshot snapshot, string path) => snapshot.ReadText(snapshot.Tree.FindFile(path)!);

    private static void Add(TestRepository repository, string url, string path)
    {
        repository.Git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", url, path);
        repository.Commit($"Add {path}");
    }
}
