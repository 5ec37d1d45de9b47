using PluginHost.Sources;

namespace PluginHost.Tests.Sources;

public sealed class RepositoryPathTests
{
    [TestCase("plugins/A", "../B/x.cs", ExpectedResult = "plugins/B/x.cs")]
    [TestCase("plugins/A", "./x.cs", ExpectedResult = "plugins/A/x.cs")]
    [TestCase("a", "../..", ExpectedResult = null)]
    [TestCase("", "../etc/passwd", ExpectedResult = null)]
    [TestCase("a", "/etc/passwd", ExpectedResult = null)]
    [TestCase("a", "..\\..\\x", ExpectedResult = null)]
    [TestCase("a", "C:/x", ExpectedResult = null)]
    public string? Resolve_FollowsATarget_UnlessItLeavesTheRepository(string folder, string target) => RepositoryPath.Resolve(folder, target);

    [TestCase("plugins", ExpectedResult = "plugins")]
    [TestCase("./plugins/", ExpectedResult = "plugins")]
    [TestCase("a\\b", ExpectedResult = "a/b")]
    [TestCase(".", ExpectedResult = "")]
    [TestCase("/", ExpectedResult = "")]
    public string Normalize_GivesOneForm(string path) => RepositoryPath.Normalize(path);

    [Test]
    public void SelfAndAbove_EndsAtTheRoot() =>
        Assert.That(RepositoryPath.SelfAndAbove("a/b/c"), Is.EqualTo(new[] { "a/b/c", "a/b", "a", "" }));
}
