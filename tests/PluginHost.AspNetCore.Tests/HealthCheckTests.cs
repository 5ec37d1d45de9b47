using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace PluginHost.AspNetCore.Tests;

/// <summary>The plugin host among the health checks of an application.</summary>
public sealed class HealthCheckTests
{
    private readonly FakeHost _host = new();

    [TestCase(HostState.Starting, HealthStatus.Unhealthy)]
    [TestCase(HostState.Degraded, HealthStatus.Degraded)]
    [TestCase(HostState.Healthy, HealthStatus.Healthy)]
    public async Task AHost_IsAsHealthyAsItSays(HostState state, HealthStatus expected)
    {
        _host.Status = Examples.Status() with { State = state };

        Assert.That((await CheckAsync(checks => checks.AddPluginHost())).Status, Is.EqualTo(expected));
    }

    [Test]
    public async Task AHostThatStarts_IsWhatTheApplicationSays()
    {
        _host.Status = Examples.Status() with { State = HostState.Starting };

        Assert.That((await CheckAsync(checks => checks.AddPluginHost("scripts", HealthStatus.Degraded))).Status, Is.EqualTo(HealthStatus.Degraded));
    }

    [Test]
    public async Task ADegradedHost_SaysWhy()
    {
        var status = Examples.Status();
        _host.Status = status with { State = HostState.Degraded, Counts = status.Counts with { Problems = 2 }, Problems = ["The disk is full."] };

        var entry = await CheckAsync(checks => checks.AddPluginHost("scripts", tags: ["ready"]));

        Assert.That(entry.Description, Does.Contain("2 plugins have a problem.").And.EndWith("The disk is full."));
        Assert.That((entry.Data["pluginProblems"], entry.Tags.Single()), Is.EqualTo((2, "ready")));
    }

    private async Task<HealthReportEntry> CheckAsync(Action<IHealthChecksBuilder> add)
    {
        var services = new ServiceCollection().AddLogging().AddSingleton<IPluginHost>(_host);
        add(services.AddHealthChecks());
        await using var provider = services.BuildServiceProvider();
        return (await provider.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries.Values.Single();
    }
}
