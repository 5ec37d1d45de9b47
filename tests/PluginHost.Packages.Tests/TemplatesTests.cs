using System.IO.Compression;
using System.Text.Json.Nodes;
using PluginHost.TestInfra;

namespace PluginHost.Packages.Tests;

/// <summary>What an author does, from the templates to a script that runs in an app of their own.</summary>
[Platform(Exclude = "Win", Reason = "The host is stopped by SIGTERM.")]
public sealed class TemplatesTests
{
    [Test]
    public void WhatTheTemplatesReferTo_IsOfTheVersionThatWasPacked()
    {
        using var folder = new TestDirectory();
        new MarkedProcesses().Run(
            Repository.Root, "dotnet", "pack", "src/PluginHost.Templates", "-property:PackageVersion=7.8.9", $"-property:StampedDirectory={folder.Combine("stamped")}/", "--output", folder.Path, "-nodeReuse:false", "-nologo", "-verbosity:quiet");

        using var package = ZipFile.OpenRead(folder.Combine("PluginHost.Templates.7.8.9.nupkg"));
        foreach (var template in new[] { "repo", "host" })
        {
            using var settings = package.GetEntry($"content/templates/{template}/.template.config/template.json")!.Open();
            Assert.That(JsonNode.Parse(settings)!["symbols"]!["packageVersion"]!["defaultValue"]!.ToString(), Is.EqualTo("7.8.9"), template);
            Assert.That(File.ReadAllText(Path.Combine(Repository.Root, "src", "PluginHost.Templates", "templates", template, ".template.config", "template.json")), Does.Contain("PACKED_VERSION"), "the sources are left as they are");
        }
    }

    [Test]
    public async Task ARepository_IsMade_Tested_Checked_AndRunByAHost_ThatWasMadeToo()
    {
        using var machine = new AuthorsMachine();
        machine.Dotnet("", "new", "install", Packed.File("PluginHost.Templates"));

        // A repository, and one more plugin in it.
        machine.Dotnet("", "new", "pluginhost-repo", "--name", "Scripts");
        Directory.CreateDirectory(machine.Combine("Scripts", "plugins"));
        machine.Dotnet("Scripts/plugins", "new", "pluginhost-script", "--name", "Night.Work");
        var repository = TestRepository.Create(machine.Combine("Scripts"));
        repository.Commit("As it was generated");
        Assert.That(machine.Dotnet("Scripts", "test", "--nologo"), Does.Contain("Passed:     2"));
        machine.Dotnet("Scripts", "tool", "restore");
        Assert.That(machine.Dotnet("Scripts", "pluginhost", "check"), Does.Contain("Greetings.Greet").And.Contain("2 plugins with 2 scripts: no problem."));
        Assert.That(repository.Git("status", "--short"), Is.Empty, "what is made on the way is ignored");

        // An app with the host in it.
        machine.Dotnet("", "new", "pluginhost-host", "--name", "Ops", "--repository", machine.Combine("Scripts"));
        machine.Dotnet("Ops", "build", "--nologo", "--output", machine.Combine("built"));
        var trimmed = Assert.Throws<InvalidOperationException>(() => machine.Dotnet("Ops", "build", "--nologo", "--no-restore", "-property:PublishTrimmed=true"));
        Assert.That(trimmed?.Message, Does.Contain("PLUGINHOST003"));
        await using var host = await ReadyHost.StartBuiltAppAsync(machine.Combine("built", "Ops.dll"), "scripts/", machine.Combine("data"), machine.Environment);

        var scripts = (await host.GetAsync("api/v1/scripts"))["items"]!.AsArray().Select(script => script!["id"]!.ToString());
        Assert.That(scripts, Is.EqualTo(new[] { "Greetings.Greet", "Night.Work.Run" }), host.Output);
        var run = await host.RunAsync("Greetings.Greet", new { name = "Ada" });
        Assert.That(JsonNode.DeepEquals(run["result"], JsonNode.Parse("""{ "greeted": "Ada", "times": 1 }""")), run.ToJsonString());
    }
}
