using System.Collections;
using PluginHost.Hosting;

namespace PluginHost.Tests.Hosting;

/// <summary>People see how a host is set up, and never what is secret in it.</summary>
public sealed class SettingsInForceTests
{
    private const string Canary = "sword-fish";

    [Test]
    public void WhatIsSecret_IsOnlyToldToBeSet()
    {
        var settings = new PluginHostOptions();
        settings.Sources["Token"] = new SourceOptions
        {
            Url = $"https://ada:{Canary}@example.com/scripts.git", WebhookSecret = Canary, WebhookSecretFile = "/run/secrets/hook", Credentials = new CredentialOptions { Token = Canary, TokenFile = "/run/secrets/git" },
        };

        var shown = SettingsInForce.Read(settings, new PluginHostOptions()).ToDictionary(setting => setting.Name);

        Assert.Multiple(() =>
        {
            Assert.That(shown.Values.Select(setting => setting.Value), Has.None.Contains(Canary));
            Assert.That(shown["PluginHost:Sources:Token:WebhookSecret"], Is.EqualTo(new SettingInfo("PluginHost:Sources:Token:WebhookSecret", "set", false)));
            Assert.That(shown["PluginHost:Sources:Token:Credentials:Token"].Value, Is.EqualTo("set"));
            Assert.That(shown["PluginHost:Sources:Token:WebhookSecretFile"].Value, Is.EqualTo("/run/secrets/hook"));
            Assert.That(shown["PluginHost:Sources:Token:Url"].Value, Is.EqualTo("https://example.com/scripts.git"));
            Assert.That(shown["PluginHost:Sources:Token:Credentials:User"], Is.EqualTo(new SettingInfo("PluginHost:Sources:Token:Credentials:User", "git", true)));
        });
    }

    [Test]
    public void EverySettingThatSoundsSecret_IsToldSo()
    {
        var settings = new PluginHostOptions();
        settings.Sources["default"] = new SourceOptions { Url = "https://example.com/scripts.git" };
        Fill(settings);

        var withheld = SettingsInForce.Read(settings, new PluginHostOptions()).Where(setting => setting.Value == "set").Select(setting => setting.Name);

        Assert.That(withheld, Is.EquivalentTo(new[] { "PluginHost:Sources:default:WebhookSecret", "PluginHost:Sources:default:Credentials:Token", "PluginHost:Sources:default:Credentials:User" }), "A new secret setting? Then it belongs here. A new one that is none? Then it needs another name, or SettingsInForce to know it.");
    }

    [Test]
    public void WhatIsChanged_IsToldFromWhatIsNot()
    {
        var settings = new PluginHostOptions { Runs = { MaxConcurrent = 7, Groups = { ["db"] = 2 } }, Build = { PassEnvironment = ["A", "B"] } };

        var shown = SettingsInForce.Read(settings, new PluginHostOptions());

        Assert.That(shown, Does.Contain(new SettingInfo("PluginHost:Runs:MaxConcurrent", "7", false)));
        Assert.That(shown, Does.Contain(new SettingInfo("PluginHost:Runs:Groups:db", "2", false)));
        Assert.That(shown, Does.Contain(new SettingInfo("PluginHost:Build:PassEnvironment", "A, B", false)));
        Assert.That(shown, Does.Contain(new SettingInfo("PluginHost:Build:Timeout", "00:10:00", true)));
        Assert.That(shown, Does.Contain(new SettingInfo("PluginHost:Runs:DefaultTimeout", "", true)));
    }

    // Every text that can be set, however deep it lies.
    private static void Fill(object options)
    {
        foreach (var property in options.GetType().GetProperties().Where(property => property.CanRead))
        {
            if (property.PropertyType == typeof(string) && property.CanWrite && property.Name != "Url")
            {
                property.SetValue(options, "x");
            }
            else if (property.GetValue(options) is IDictionary entries)
            {
                entries.Values.Cast<object>().Where(value => !value.GetType().IsValueType).ToList().ForEach(Fill);
            }
            else if (property.PropertyType is { IsClass: true, Namespace: "PluginHost" } && property.GetValue(options) is { } inner)
            {
                Fill(inner);
            }
        }
    }
}
