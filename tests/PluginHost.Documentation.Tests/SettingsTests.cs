using System.Text;
using Microsoft.Extensions.Configuration;
using PluginHost.App;
using PluginHost.Hosting.Settings;

namespace PluginHost.Documentation.Tests;

/// <summary>Settings in examples are settings that there are, with values that can be read.</summary>
public sealed class SettingsTests
{
    private static IEnumerable<Snippet> Snippets => Page.All.SelectMany(page => page.Snippets("json"));

    [TestCaseSource(nameof(Snippets))]
    public void AnExampleOfSettings_IsTaken(object snippet) => Assert.That(Mistakes(((Snippet)snippet).Text), Is.Empty);

    [Test]
    public void ASettingThatThereIsNot_IsFound() => Assert.That(Mistakes("""{ "PluginHost": { "Runs": { "MaxConcurent": 3 } } }"""), Has.One.Contains("MaxConcurrent"));

    private static IReadOnlyList<string> Mistakes(string json)
    {
        var configuration = new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build();
        return SettingsCheck.Mistakes(configuration.GetSection(PluginHostOptions.SectionName), ReadyHostSettings.All.Select(section => new SettingsSection(section.Path, section.Type)));
    }
}
