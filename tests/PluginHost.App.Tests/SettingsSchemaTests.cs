using System.Text.Json.Nodes;
using PluginHost.TestInfra;

namespace PluginHost.App.Tests;

/// <summary>The JSON schema that editors complete and check appsettings.json by.</summary>
public sealed class SettingsSchemaTests
{
    private static readonly string Checked = Path.Combine(Repository.Root, "src", "PluginHost.App", "appsettings.schema.json");

    /// <summary>PLUGINHOST_TESTS_WRITE_SCHEMA=1 writes it anew.</summary>
    [Test]
    public void TheSchema_IsThatOfTheSettings()
    {
        var schema = SettingsSchema.Write();
        if (Environment.GetEnvironmentVariable("PLUGINHOST_TESTS_WRITE_SCHEMA") == "1")
        {
            File.WriteAllText(Checked, schema);
        }

        Assert.That(File.ReadAllText(Checked).ReplaceLineEndings("\n"), Is.EqualTo(schema), "Run this test with PLUGINHOST_TESTS_WRITE_SCHEMA=1.");
    }

    [Test]
    public void TheSchema_KnowsEverySection_AndDescribesEverySettingOfTheEngine()
    {
        var host = JsonNode.Parse(File.ReadAllText(Checked))!["properties"]!["PluginHost"]!["properties"]!;

        Assert.Multiple(() =>
        {
            Assert.That(host["Runs"]!["properties"]!["MaxConcurrent"]!["description"]!.ToString(), Does.Contain("1 to 10,000"));
            Assert.That(host["Sources"]!["additionalProperties"]!["properties"]!["Poll"]!["type"]!.ToString(), Is.EqualTo("string"));
            Assert.That(host["Sources"]!["additionalProperties"]!["additionalProperties"]!.GetValue<bool>(), Is.False);
            Assert.That(host["Authentication"]!["properties"]!["OpenIdConnect"]!["properties"]!["Authority"], Is.Not.Null);
            Assert.That(host["Alerts"], Is.Not.Null);
            Assert.That(host["Telemetry"], Is.Not.Null);
        });
    }
}
