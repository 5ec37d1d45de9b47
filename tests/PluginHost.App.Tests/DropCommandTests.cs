using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;
using PluginHost.TestInfra;

namespace PluginHost.App.Tests;

public sealed class DropCommandTests
{
    private TestDirectory _folder = null!;

    private string Output => _folder.Combine("out");

    private string Drops => _folder.Combine("drops");

    [SetUp]
    public void BuildSomething()
    {
        _folder = new TestDirectory();
        Directory.CreateDirectory(Output);
        File.WriteAllText(Path.Combine(Output, "Reports.dll"), "code");
        File.WriteAllText(Path.Combine(Output, "Reports.deps.json"), "{}");
        File.WriteAllText(Path.Combine(Output, "Library.dll"), "code");
    }

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public async Task TheOutputOfABuild_IsDropped_WithWhatThePipelineKnows()
    {
        var outcome = await Cli.RunAsync("drop", Output, "--to", Drops, "--version", "1.4.0", "--sequence", "7", "--commit", new string('C', 40), "--author", "Ada", "--message", "Totals", "--build-url", "https://ci.example.com/7", "--json");

        Assert.That(outcome.ExitCode, Is.Zero, outcome.Error);
        Assert.That(JsonNode.Parse(outcome.Output)!["folder"]!.ToString(), Is.EqualTo(Path.Combine(Drops, "Reports", "1.4.0")));
        var manifest = JsonNode.Parse(File.ReadAllText(Path.Combine(Drops, "Reports", "1.4.0", "drop.json")))!;
        Assert.That(
            new[] { "plugin", "assembly", "sequence", "commit", "author", "message", "buildUrl" }.Select(name => manifest[name]!.ToString()),
            Is.EqualTo(new[] { "Reports", "Reports.dll", "7", new string('c', 40), "Ada", "Totals", "https://ci.example.com/7" }));
        Assert.That(manifest["files"]!.AsObject().Select(file => file.Key), Is.EquivalentTo(new[] { "Reports.dll", "Reports.deps.json", "Library.dll" }));
    }

    [Test]
    public async Task WithoutAVersion_ItIsTheTime_AndTheNextDropIsNewer()
    {
        var first = await Cli.RunAsync("drop", Output, "--to", Drops);
        await File.WriteAllTextAsync(Path.Combine(Output, "Reports.dll"), "other code");
        var second = await Cli.RunAsync("drop", Output, "--to", Drops);

        Assert.That((first.ExitCode, second.ExitCode), Is.EqualTo((0, 0)), first.Error + second.Error);
        Assert.That(Directory.GetDirectories(Path.Combine(Drops, "Reports")), Has.Length.EqualTo(2));
    }

    [TestCase("no plugin", 2, "has no assembly with a .deps.json beside it")]
    [TestCase("two plugins", 2, "has more than one assembly with a .deps.json beside it")]
    [TestCase("nowhere", 2, "is neither a project nor a folder")]
    [TestCase("hidden", 2, "does not begin with a dot")]
    [TestCase("commit", 1, "is not 7 to 64 small hexadecimal digits")]
    [TestCase("older", 1, "it would not go live")]
    public async Task WhatNoHostWouldTake_IsNotDropped_AndTheReasonIsSaid(string mistake, int exitCode, string words)
    {
        string[] more = [];
        switch (mistake)
        {
            case "no plugin": File.Delete(Path.Combine(Output, "Reports.deps.json")); break;
            case "two plugins": File.WriteAllText(Path.Combine(Output, "Library.deps.json"), "{}"); break;
            case "nowhere": Directory.Delete(Output, recursive: true); break;
            case "hidden": more = ["--version", ".1"]; break;
            case "commit": more = ["--commit", "main"]; break;
            case "older":
                await Cli.RunAsync("drop", Output, "--to", Drops, "--version", "1", "--sequence", "9");
                more = ["--version", "2", "--sequence", "8"];
                break;
        }

        var outcome = await Cli.RunAsync(["drop", Output, "--to", Drops, .. more]);

        Assert.That(outcome.ExitCode, Is.EqualTo(exitCode), outcome.Output);
        Assert.That(outcome.Error, Does.Contain(words));
    }

    [Test]
    public void AHostOverDrops_HasNoRepository_AndCannotHaveBoth()
    {
        var none = new ConfigurationBuilder().Build();

        var settings = HostSettings.Read(new RunArguments(null, null, null, null, _folder.Path, null, Drop: Drops), none);

        Assert.That(settings["PluginHost:Sources:default:DropFolder"], Is.EqualTo(Drops));
        Assert.That(settings.ContainsKey("PluginHost:Sources:default:Url"), Is.False);
        Assert.That(() => HostSettings.Read(new RunArguments("/repository", null, null, null, _folder.Path, null, Drop: Drops), none), Throws.InstanceOf<UsageException>());
    }
}
