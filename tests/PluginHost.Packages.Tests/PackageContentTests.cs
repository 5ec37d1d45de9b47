using System.Xml.Linq;

namespace PluginHost.Packages.Tests;

/// <summary>Each package has what a published one needs.</summary>
public sealed class PackageContentTests
{
    [TestCase("PluginHost.Abstractions", "lib/net10.0/PluginHost.Abstractions.xml", "build/PluginHost.Abstractions.targets", "analyzers/dotnet/cs/PluginHost.Analyzers.dll", "analyzers/dotnet/cs/PluginHost.Analyzers.CodeFixes.dll", "analyzers/dotnet/cs/Cronos.dll", "docs/rules.md")]
    [TestCase("PluginHost", "lib/net10.0/PluginHost.xml", "buildTransitive/PluginHost.targets")]
    [TestCase("PluginHost.AspNetCore", "lib/net10.0/PluginHost.AspNetCore.xml")]
    [TestCase("PluginHost.Alerts", "lib/net10.0/PluginHost.Alerts.xml")]
    [TestCase("PluginHost.Testing", "lib/net10.0/PluginHost.Testing.xml")]
    [TestCase("PluginHost.App", "tools/net10.0/any/PluginHost.App.dll", "tools/net10.0/any/DotnetToolSettings.xml")]
    [TestCase("PluginHost.Templates", "content/templates/script/Run.cs", "content/templates/repo/.gitignore", "content/templates/repo/.config/dotnet-tools.json", "content/templates/repo/.github/workflows/ci.yml", "content/templates/host/.template.config/template.json")]
    public void Package_HasAPage_AnIcon_ALicense_AndItsFiles(string id, params string[] files)
    {
        var (entries, metadata) = Packed.Read(Packed.File(id));

        Assert.Multiple(() =>
        {
            Assert.That(entries, Is.SupersetOf(new[] { "README.md", "icon.png" }.Concat(files)));
            Assert.That(Text(metadata, "readme"), Is.EqualTo("README.md"));
            Assert.That(Text(metadata, "icon"), Is.EqualTo("icon.png"));
            Assert.That(Text(metadata, "license"), Is.EqualTo("MIT"));
            Assert.That(Text(metadata, "description"), Has.Length.GreaterThan(40).And.Not.Contain("Package Description"));
            Assert.That(Text(metadata, "version"), Does.Not.Contain("-"), "a stable version, from the start");
        });
    }

    [TestCase("PluginHost")]
    [TestCase("PluginHost.AspNetCore")]
    [TestCase("PluginHost.Alerts")]
    [TestCase("PluginHost.Testing")]
    public void Package_HasSymbols(string id) => Assert.That(Packed.Read(Packed.File(id, "snupkg")).Entries, Does.Contain($"lib/net10.0/{id}.pdb"));

    [Test]
    public void Package_ThatAnAppRefersTo_BringsNoAnalyzersOfScripts_AndNothingOfTheBuild()
    {
        var (_, metadata) = Packed.Read(Packed.File("PluginHost"));

        var dependencies = metadata.Descendants().Where(element => element.Name.LocalName == "dependency").ToDictionary(element => element.Attribute("id")!.Value);
        Assert.That(dependencies["PluginHost.Abstractions"].Attribute("exclude")!.Value, Does.Contain("Analyzers"));
        Assert.That(dependencies["PluginHost.Abstractions"].Attribute("version")!.Value, Is.EqualTo("0.1.0"));
        Assert.That(dependencies.Keys, Has.None.Contains("MinVer").And.None.Contains("CodeAnalysis"));
    }

    private static string Text(XElement metadata, string name) => metadata.Elements().Single(element => element.Name.LocalName == name).Value;
}
