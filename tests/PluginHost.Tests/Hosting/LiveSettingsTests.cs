using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using PluginHost.Hosting;
using PluginHost.Hosting.Settings;
using PluginHost.Running;
using PluginHost.TestInfra;

namespace PluginHost.Tests.Hosting;

/// <summary>Settings are changed in the configuration while a host runs.</summary>
public sealed class LiveSettingsTests
{
    private TestDirectory _folder;
    private IConfigurationRoot _configuration;
    private ServiceProvider _services;
    private LiveSettings _settings;

    private PluginHostOptions InForce => _services.GetRequiredService<IOptions<PluginHostOptions>>().Value;

    private IReadOnlyList<string> Problems => _services.GetRequiredService<HostProblems>().All;

    [SetUp]
    public async Task Start()
    {
        _folder = new TestDirectory();
        _configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["PluginHost:Sources:default:Url"] = _folder.Path,
            ["PluginHost:DataDirectory"] = _folder.Combine("data"),
            ["PluginHost:Runs:MaxConcurrent"] = "3",
        }).Build();
        var services = new ServiceCollection().AddLogging().AddSingleton<IConfiguration>(_configuration);
        services.AddPluginHost();
        _services = services.BuildServiceProvider();
        Assert.That(InForce.Runs.MaxConcurrent, Is.EqualTo(3));
        _settings = _services.GetRequiredService<LiveSettings>();
        await _settings.StartAsync(default);
    }

    [TearDown]
    public async Task Stop()
    {
        _settings.Dispose();
        await _services.DisposeAsync();
        _folder.Dispose();
    }

    [Test]
    public void LimitsOfRuns_AndRetention_HoldAtOnce_AlsoForWhoHasReadThemBefore()
    {
        var limits = _services.GetRequiredService<RunLimits>();
        Assert.That(limits.Of("A.Work", null)[^1].Most, Is.EqualTo(3));

        Change(("Runs:MaxConcurrent", "7"), ("Runs:Groups:mail", "2"), ("Runs:DefaultTimeout", "00:01:00"), ("Runs:MaxConcurrentPerPlugin", "4"), ("Runs:CancelGrace", "00:00:05"),
            ("Runs:MaxLogBytes", "2048"), ("Runs:MaxResultBytes", "99"), ("Runs:MaxStateKeys", "9"), ("Runs:MaxStateValueBytes", "4096"), ("Retention:Versions:Count", "5"), ("Retention:Audit", "7.00:00:00"));

        Assert.That(limits.Of("A.Work", null)[^1].Most, Is.EqualTo(7));
        Assert.That(InForce.Runs, Has.Property("DefaultTimeout").EqualTo(TimeSpan.FromMinutes(1)).And.Property("MaxConcurrentPerPlugin").EqualTo(4).And.Property("CancelGrace").EqualTo(TimeSpan.FromSeconds(5))
            .And.Property("MaxLogBytes").EqualTo(2048).And.Property("MaxResultBytes").EqualTo(99).And.Property("MaxStateKeys").EqualTo(9).And.Property("MaxStateValueBytes").EqualTo(4096));
        Assert.That(InForce.Runs.Groups["mail"], Is.EqualTo(2));
        Assert.That(InForce.Retention, Has.Property("Audit").EqualTo(TimeSpan.FromDays(7)));
        Assert.That(InForce.Retention.Versions.Count, Is.EqualTo(5));
        Assert.That(Problems, Is.Empty);
    }

    [Test]
    public void AMistake_ChangesNothing_AndIsAProblemOfTheHost_UntilItIsMended()
    {
        Change(("Runs:MaxConcurrent", "0"), ("Retention:Versions:Count", "5"));

        Assert.That(InForce.Runs.MaxConcurrent, Is.EqualTo(3));
        Assert.That(InForce.Retention.Versions.Count, Is.EqualTo(20), "nothing of what was changed together holds");
        Assert.That(Problems, Has.One.Contains("PluginHost:Runs:MaxConcurrent is 0; it must be from 1 to 10,000."));

        Change(("Runs:MaxConcurrent", "8"));

        Assert.That((InForce.Runs.MaxConcurrent, InForce.Retention.Versions.Count), Is.EqualTo((8, 5)));
        Assert.That(Problems, Is.Empty);
    }

    [Test]
    public void ANameThatIsNoSetting_IsAMistakeToo()
    {
        Change(("Runs:MaxConcurent", "8"));

        Assert.That(Problems, Has.One.Contains("PluginHost:Runs:MaxConcurent is no setting. Did you mean MaxConcurrent?"));
    }

    [Test]
    public void WhatCountsFromTheNextStart_StaysAsItWas()
    {
        Change(("Sources:default:Branch", "other"), ("Runs:CaptureConsole", "false"), ("Load:Timeout", "00:00:33"));

        Assert.That((InForce.Sources["default"].Branch, InForce.Runs.CaptureConsole, InForce.Load.Timeout), Is.EqualTo(((string?)null, true, TimeSpan.FromSeconds(10))));
        Assert.That(Problems, Is.Empty);
    }

    [Test]
    public async Task OnceTheHostStops_NothingIsTakenOver()
    {
        await _settings.StopAsync(default);

        Change(("Runs:MaxConcurrent", "8"));

        Assert.That(InForce.Runs.MaxConcurrent, Is.EqualTo(3));
    }

    private void Change(params (string Name, string Value)[] settings)
    {
        foreach (var (name, value) in settings)
        {
            _configuration[$"PluginHost:{name}"] = value;
        }

        _configuration.Reload();
    }
}
