using PluginHost.App.Authoring;
using PluginHost.TestInfra;

namespace PluginHost.App.Tests;

public sealed class NewPluginTests
{
    private readonly TestDirectory _folder = new();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [TestCase("Reports", "namespace Reports;")]
    [TestCase("my-reports", "namespace my_reports;")]
    [TestCase("Team.2nd", "namespace Team._2nd;")]
    public async Task ANewPlugin_IsAProjectOfItsName_AndAScript(string name, string words)
    {
        var outcome = await Cli.RunAsync("new", name, "--dir", _folder.Path);

        Assert.That(outcome.ExitCode, Is.Zero, outcome.Error);
        Assert.That(_folder.Combine(name, $"{name}.csproj"), Does.Exist);
        Assert.That(await File.ReadAllTextAsync(_folder.Combine(name, "Run.cs")), Does.Contain(words));
    }

    [Test]
    public async Task WhatIsThere_IsNotOverwritten()
    {
        Directory.CreateDirectory(_folder.Combine("Reports"));
        await File.WriteAllTextAsync(_folder.Combine("Reports", "Run.cs"), "mine");

        var outcome = await Cli.RunAsync("new", "Reports", "--dir", _folder.Path);

        Assert.That(outcome.ExitCode, Is.EqualTo(1));
        Assert.That(outcome.Error, Does.Contain("is there already, and nothing was changed"));
        Assert.That(await File.ReadAllTextAsync(_folder.Combine("Reports", "Run.cs")), Is.EqualTo("mine"));
    }

    [Test]
    public async Task AProjectOfTheSameName_ElsewhereInTheFolder_IsNamed()
    {
        Directory.CreateDirectory(_folder.Combine("team", "x"));
        await File.WriteAllTextAsync(_folder.Combine("team", "x", "reports.csproj"), "");

        var outcome = await Cli.RunAsync("new", "Reports", "--dir", _folder.Path);

        Assert.That(outcome.Error, Does.Contain("reports.csproj has that name already"));
        Assert.That(_folder.Combine("Reports"), Does.Not.Exist);
    }

    [TestCase("")]
    [TestCase(".")]
    [TestCase("..")]
    [TestCase("a/b")]
    [TestCase("a b")]
    [TestCase("-a")]
    [TestCase("a.")]
    public void ANameThatNoPluginMayHave_IsRefused(string name)
    {
        Assert.That(PluginTemplate.IsValidName(name), Is.False);
    }
}
