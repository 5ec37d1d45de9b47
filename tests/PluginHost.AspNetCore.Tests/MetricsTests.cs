using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace PluginHost.AspNetCore.Tests;

/// <summary>What <c>/metrics</c> makes of what is measured.</summary>
public sealed class MetricsTests
{
    [Test]
    public async Task WhatIsMeasured_IsNamedAsOpenTelemetryNamesIt()
    {
        await using var web = await WebHost.StartAsync(new FakeHost());
        using var meter = Meter(web);
        meter.CreateHistogram("pluginhost.test.duration", "s", "How long.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 5] })
            .Record(2, new KeyValuePair<string, object?>("pluginhost.script.id", "A.Work"));
        meter.CreateCounter<long>("pluginhost.test.failures", "{failure}").Add(3);
        var active = meter.CreateUpDownCounter<long>("pluginhost.test.active", "{run}");
        active.Add(2);
        active.Add(-1);
        var state = 7L;
        meter.CreateObservableUpDownCounter("pluginhost.test.count", () => state);

        var first = await web.Client.GetStringAsync("metrics");
        state = 5;
        var second = await web.Client.GetStringAsync("metrics");

        Assert.Multiple(() =>
        {
            Assert.That(first, Does.Contain("# HELP pluginhost_test_duration_seconds How long.\n# TYPE pluginhost_test_duration_seconds histogram"));
            Assert.That(first, Does.Contain("pluginhost_test_duration_seconds_bucket{pluginhost_script_id=\"A.Work\",le=\"1\"} 0\n"));
            Assert.That(first, Does.Contain("pluginhost_test_duration_seconds_bucket{pluginhost_script_id=\"A.Work\",le=\"5\"} 1\n"));
            Assert.That(first, Does.Contain("\npluginhost_test_failures_total 3\n"));
            Assert.That(first, Does.Contain("\npluginhost_test_active 1\n"));
            Assert.That(first, Does.Contain("\npluginhost_test_count 7\n"));
            Assert.That(second, Does.Contain("\npluginhost_test_count 5\n"));
        });
    }

    [Test]
    public async Task AnotherApplicationOfTheProcess_AndOtherMeters_AreNotShown()
    {
        await using var web = await WebHost.StartAsync(new FakeHost());
        await using var other = await WebHost.StartAsync(new FakeHost());
        using var theirs = Meter(other);
        theirs.CreateCounter<long>("pluginhost.test.theirs").Add(1);
        using var own = Meter(web, "Orders");
        own.CreateCounter<long>("orders.placed").Add(1);

        var shown = await web.Client.GetStringAsync("metrics");

        Assert.That(shown, Does.Not.Contain("theirs").And.Not.Contain("orders_placed"));
        Assert.That(await other.Client.GetStringAsync("metrics"), Does.Contain("pluginhost_test_theirs_total 1"));
    }

    private static Meter Meter(WebHost web, string name = PluginHostTelemetry.MeterName) => web.Services.GetRequiredService<IMeterFactory>().Create(name);
}
