using Microsoft.Extensions.Time.Testing;
using PluginHost.Hosting;

namespace PluginHost.Tests.Hosting;

/// <summary>What a terminal shows of work that takes long.</summary>
public sealed class HostActivitiesTests
{
    [Test]
    public void TheLongerWorkTakes_TheFewerLinesItGets()
    {
        var (time, log) = (new FakeTimeProvider(), new LogLines<HostActivities>());
        using (new HostActivities(new HostEvents(), time, log).Begin("build", "Building 3 plugins"))
        {
            for (var second = 0; second < 100; second++)
            {
                time.Advance(TimeSpan.FromSeconds(1));
            }
        }

        time.Advance(TimeSpan.FromMinutes(1));
        Assert.That(log.Lines, Is.EqualTo(new[] { 2, 4, 8, 16, 32, 62, 92 }.Select(seconds => $"Information 1: Building 3 plugins: under way ({seconds} s)")));
    }
}
