using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using PluginHost.Hosting.Settings;

namespace PluginHost.Tests.Hosting;

/// <summary>What is configured and is no setting, and what cannot be read.</summary>
public sealed class SettingsCheckTests
{
    private static readonly SettingsSection[] Sections = [SettingsSection.Root, new("Scripts", typeof(object)), new("PathBase", typeof(string)), new("Authentication:Own", typeof(RunRetention))];

    [TestCase("Runs:MaxConcurrent", "5")]
    [TestCase("runs:maxconcurrent", "5")]
    [TestCase("Runs:DefaultTimeout", "")]
    [TestCase("Runs:DefaultTimeout", "00:05:00")]
    [TestCase("Runs:Groups:database", "2")]
    [TestCase("Sources:any-name:Signatures:RequireSigned", "true")]
    [TestCase("Sources:any-name:RewrittenHistory", "refuse")]
    [TestCase("Build:PassEnvironment:0", "HOME")]
    [TestCase("Build:MaxServerBytes", "536870912")]
    [TestCase("Isolation:MaxCpus", "0.5")]
    [TestCase("Scripts:A.Work:whatever:deep", "x")]
    [TestCase("PathBase", "/ops")]
    [TestCase("Authentication:Own:Count", "3")]
    public void WhatIsASetting_IsNoMistake(string name, string value) => Assert.That(Mistakes((name, value)), Is.Empty);

    [TestCase("Runs:MaxConcurent", "5", "PluginHost:Runs:MaxConcurent is no setting. Did you mean MaxConcurrent?")]
    [TestCase("Sources:a:Signatures:RequireSinged", "true", "PluginHost:Sources:a:Signatures:RequireSinged is no setting. Did you mean RequireSigned?")]
    [TestCase("Quux", "1", "PluginHost:Quux is no setting. There are: Authentication, Build, DataDirectory, ")]
    [TestCase("Alerts:PublicUrl", "x", "PluginHost:Alerts is no setting.")]
    [TestCase("Runs:MaxConcurrent", "many", "PluginHost:Runs:MaxConcurrent is 'many', which is no whole number in the range of the setting.")]
    [TestCase("Runs:MaxConcurrent", "", "PluginHost:Runs:MaxConcurrent is '', which is no whole number")]
    [TestCase("Runs:MaxConcurrent", "99999999999", "PluginHost:Runs:MaxConcurrent is '99999999999', which is no whole number")]
    [TestCase("SafeMode", "maybe", "PluginHost:SafeMode is 'maybe', which is neither true nor false.")]
    [TestCase("Runs:CancelGrace", "5s", "PluginHost:Runs:CancelGrace is '5s', which is no time span.")]
    [TestCase("Isolation:Default", "Thread", "PluginHost:Isolation:Default is 'Thread', which is none of Host, Process.")]
    [TestCase("Runs", "5", "PluginHost:Runs is a section with settings of its own, and has a value instead.")]
    [TestCase("NodeName:x", "5", "PluginHost:NodeName is one value, and other settings are written under it: x.")]
    public void WhatIsNone_OrCannotBeRead_IsNamed(string name, string value, string mistake) => Assert.That(Mistakes((name, value)).Single(), Does.StartWith(mistake));

    [Test]
    public void EveryMistake_IsNamedAtOnce_WhenTheOptionsAreAskedFor()
    {
        var configuration = Configuration(("Runs:MaxConcurrent", "many"), ("Quux", "1"));
        var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration);
        services.AddPluginHost();
        using var provider = services.BuildServiceProvider();

        Assert.That(
            () => provider.GetRequiredService<IOptions<PluginHostOptions>>().Value,
            Throws.TypeOf<OptionsValidationException>().With.Property(nameof(OptionsValidationException.Failures)).Matches<IEnumerable<string>>(failures => failures!.Count() == 2));
    }

    [Test]
    public void ASectionOfTheApplicationsChoice_IsCheckedUnderItsOwnName()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Ops:Jobs:Quux", "1")]).Build();
        var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration);
        services.AddPluginHost(configuration.GetSection("Ops:Jobs"));
        using var provider = services.BuildServiceProvider();

        Assert.That(() => provider.GetRequiredService<IOptions<PluginHostOptions>>().Value, Throws.TypeOf<OptionsValidationException>().With.Message.StartsWith("Ops:Jobs:Quux is no setting."));
    }

    private static IReadOnlyList<string> Mistakes(params (string Name, string Value)[] settings) =>
        SettingsCheck.Mistakes(Configuration(settings).GetSection("PluginHost"), Sections);

    private static IConfigurationRoot Configuration(params (string Name, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create($"PluginHost:{setting.Name}", (string?)setting.Value))).Build();
}
