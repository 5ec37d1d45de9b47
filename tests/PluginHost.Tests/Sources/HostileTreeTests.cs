using PluginHost.Sources;
using PluginHost.TestInfra;

namespace PluginHost.Tests.Sources;

/// <summary>Repositories that no git would make by itself.</summary>
[Platform("Linux", Reason = "The trees are made in a shell.")]
public sealed class HostileTreeTests
{
    private TestDirectory _directory = null!;
    private TestRepository _repository = null!;

    [SetUp]
    public void SetUp()
    {
        _directory = new TestDirectory();
        _repository = TestRepository.Create(_directory.Combine("remote"));
        _repository.Write("plugins/a.txt", "a").Commit("First");
    }

    [TearDown]
    public void TearDown() => _directory.Dispose();

    [TestCase("..")]
    [TestCase(".git")]
    [TestCase(".GIT")]
    [TestCase("a\\b")]
    public async Task AnEntryThatCouldBeWrittenElsewhere_RefusesTheCommit(string name)
    {
        using var source = Make.Source(_repository.Path, _directory.Combine("clone"));
        var first = await source.PullAsync(null, default);
        Sh($"folder=$(printf '100644 blob %s\\tevil.txt\\n' $(echo evil | git hash-object -w --stdin) | git mktree) && root=$(printf '040000 tree %s\\t%s\\n' \"$folder\" '{name}' | git mktree) && git update-ref refs/heads/main $(git -c user.name=E -c user.email=e@example.com commit-tree -m Evil -p HEAD $root)");

        var failure = await Assert.ThrowsAsync<SourceException>(() => source.PullAsync(null, default));

        Assert.That(failure!.Message, Does.Contain($"'{name}'").And.Contain("the commit is refused"));
        Assert.That(Directory.EnumerateFiles(_directory.Combine(), "evil.txt", SearchOption.AllDirectories), Is.Empty);
        _repository.Git("update-ref", "refs/heads/main", first.Commit);
        Assert.That((await source.PullAsync(null, default)).Commit, Is.EqualTo(first.Commit), "and it goes on");
    }

    [Test]
    public async Task HooksOfTheRemote_DoNotRunHere()
    {
        var ran = _directory.Combine("ran");
        using var source = Make.Source(_repository.Path, _directory.Combine("clone"));
        await source.PullAsync(null, default);
        string[] hooks = [Path.Combine(_repository.Path, ".git", "hooks"), .. Directory.GetDirectories(_directory.Combine("clone"), "hooks", SearchOption.AllDirectories)];
        foreach (var (folder, hook) in hooks.SelectMany(_ => new[] { "post-checkout", "post-merge", "post-update", "reference-transaction", "post-rewrite" }, (folder, hook) => (folder, hook)))
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, hook), $"#!/bin/sh\ntouch '{ran}'\n");
            Command.Run(folder, "chmod", "+x", hook);
        }

        var second = _repository.Write("plugins/a.txt", "b").Commit("Second");
        Assert.That(File.Exists(ran), "they do run where git itself is at work");
        File.Delete(ran);

        Assert.That((await source.PullAsync(null, default)).Commit, Is.EqualTo(second));

        Assert.That(File.Exists(ran), Is.False);
    }

    private void Sh(string command) => Command.Run(_repository.Path, "sh", "-c", command);
}
