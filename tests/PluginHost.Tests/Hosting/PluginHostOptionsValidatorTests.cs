using PluginHost.Hosting;

namespace PluginHost.Tests.Hosting;

public sealed class PluginHostOptionsValidatorTests
{
    [TestCase("ftp://host/path", "begins with 'ftp://'")]
    [TestCase("ext::sh://x", "begins with 'ext::sh://'")]
    [TestCase("", "is empty")]
    public void AnAddressThatGitCannotFollow_IsRefused(string url, string words) =>
        Assert.That(Mistakes(new SourceOptions { Url = url }), Has.Some.Contains(words));

    [TestCase("https://host/path.git")]
    [TestCase("SSH://git@host/path.git")]
    [TestCase("file:///srv/repository")]
    [TestCase("git@host:path.git")]
    [TestCase("../repository")]
    public void AnAddressThatGitCanFollow_IsTaken(string url) =>
        Assert.That(Mistakes(new SourceOptions { Url = url }), Is.Empty);

    [Test]
    public void ATag_IsNoBranch() =>
        Assert.That(Mistakes(new SourceOptions { Url = "/srv/repository", Branch = "refs/tags/v1" }), Has.One.Contains("a tag does not move"));

    [Test]
    public void EveryMistake_IsNamedAtOnce()
    {
        var options = new PluginHostOptions
        {
            Runs = { MaxConcurrent = 0 },
            Retention = { Versions = { Count = -1 }, RunLogs = { Age = TimeSpan.Zero } },
        };

        var mistakes = new PluginHostOptionsValidator().Validate(null, options).Failures;

        Assert.That(mistakes, Has.Some.Contains("Sources").And.Some.Contains("Runs:MaxConcurrent").And.Some.Contains("Retention:Versions:Count").And.Some.Contains("Retention:RunLogs:Age"));
    }

    [Test]
    public void LimitsOfRuns_HaveBounds()
    {
        var options = new PluginHostOptions
        {
            Sources = { ["default"] = new SourceOptions { Url = "/srv/repository" } },
            Runs = { MaxConcurrentPerPlugin = 0, Groups = { ["database"] = 0, ["mail"] = 10_001, ["disk"] = 1 } },
        };

        Assert.That(new PluginHostOptionsValidator().Validate(null, options).Failures, Is.EqualTo(new[]
        {
            "PluginHost:Runs:MaxConcurrentPerPlugin is 0; it must be from 1 to 10,000, or not set.",
            "PluginHost:Runs:Groups:database is 0; it must be from 1 to 10,000.",
            "PluginHost:Runs:Groups:mail is 10001; it must be from 1 to 10,000.",
        }));
    }

    [Test]
    public void LabelsOfTheNode_AreLabels_AndEachIsThereOnce()
    {
        var options = new PluginHostOptions { Sources = { ["default"] = new SourceOptions { Url = "/srv/repository" } }, NodeLabels = ["gpu", "region=eu", "GPU", "two words"] };

        Assert.That(new PluginHostOptionsValidator().Validate(null, options).Failures, Is.EqualTo(new[]
        {
            "PluginHost:NodeLabels has 'two words'. A label is 1 to 63 of A-Z, a-z, 0-9 and . _ = : / -, and begins with a letter or digit, such as gpu or region=eu.",
            "PluginHost:NodeLabels has 'gpu' more than once. Keep one.",
        }));
    }

    [Test]
    public void SignaturesThatNobodyCouldGive_AreAMistake()
    {
        var missing = new SignatureOptions { RequireSigned = true, AllowedSignersFile = "/nowhere/allowed_signers" };

        Assert.That(Mistakes(new SourceOptions { Url = "/srv/repository", Signatures = new SignatureOptions { RequireSigned = true } }), Has.One.Contains("no key is allowed, so no commit could be taken"));
        Assert.That(Mistakes(new SourceOptions { Url = "/srv/repository", Signatures = missing }), Has.One.Contains("AllowedSignersFile is '/nowhere/allowed_signers', and there is no such file"));
        Assert.That(Mistakes(new SourceOptions { Url = Path.GetTempPath(), WorkingTree = true, Signatures = missing }), Has.Some.Contains("which nobody signs"));
    }

    [Test]
    public void ADropFolder_StandsAlone()
    {
        Assert.That(Mistakes(new SourceOptions { DropFolder = "/srv/drops" }), Is.Empty);
        Assert.That(
            Mistakes(new SourceOptions { DropFolder = "/srv/drops", Url = "/srv/repository", Branch = "main", Submodules = true, WorkingTree = true }),
            Has.One.Contains("has both a Url and a DropFolder").And.One.Contains("Branch is set, and the source is a DropFolder").And.One.Contains("Submodules is set, and the source is a DropFolder").And.One.Contains("which holds no source code"));
        Assert.That(Mistakes(new SourceOptions { DropFolder = "/srv/drops", Signatures = new SignatureOptions { RequireSigned = true } }), Has.One.Contains("no key is allowed"));
        Assert.That(Mistakes(new SourceOptions { DropFolder = " " }), Has.One.Contains("DropFolder is empty"));
    }

    [Test]
    public void LimitsOfWorkers_HaveBounds()
    {
        var options = new PluginHostOptions
        {
            Sources = { ["default"] = new SourceOptions { Url = "/srv/repository" } },
            Isolation = { Default = (ScriptIsolation)7, StartTimeout = TimeSpan.Zero, IdleTime = TimeSpan.FromDays(2), MaxMemoryBytes = 1 << 20, MaxCpus = double.NaN },
        };

        Assert.That(new PluginHostOptionsValidator().Validate(null, options).Failures, Is.EqualTo(new[]
        {
            "PluginHost:Isolation:Default is 7; it must be one of Host, Process.",
            "PluginHost:Isolation:StartTimeout is 00:00:00; it must be from 00:00:01 to 00:10:00.",
            "PluginHost:Isolation:IdleTime is 2.00:00:00; it must be from 00:00:00 to 1.00:00:00.",
            "PluginHost:Isolation:MaxMemoryBytes is 1048576; it must be at least 64 MiB, or not set.",
            "PluginHost:Isolation:MaxCpus is NaN; it must be from 0.01 to 1,024, or not set.",
        }));
    }

    private static IEnumerable<string> Mistakes(SourceOptions source) =>
        new PluginHostOptionsValidator().Validate(null, new PluginHostOptions { Sources = { ["default"] = source } }).Failures ?? [];
}
