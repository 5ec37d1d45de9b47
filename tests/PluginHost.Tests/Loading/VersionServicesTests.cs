using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using PluginHost.Tests.Running;
using PluginHost.Tests.Scripts;

namespace PluginHost.Tests.Loading;

/// <summary>What scripts leave open ends with their version, whatever becomes of that.</summary>
public sealed class VersionServicesTests
{
    [Test]
    public async Task Scopes_ThatScriptsHaveLeftOpen_EndWithTheVersion()
    {
        await using var app = new FakeScriptServices(services => services.AddScoped<Held>().Share<Held>());
        var version = app.Factory.ForVersion();
        var run = version.CreateScope("Shop.Daily", NullLoggerFactory.Instance);
        var held = (Held)run.CreateScope().ServiceProvider.GetService(typeof(Held))!;
        await run.DisposeAsync();
        Assert.That((held.IsDisposed, version.OpenScopes), Is.EqualTo((false, 1)));

        await version.DisposeAsync();

        Assert.That((held.IsDisposed, version.OpenScopes), Is.EqualTo((true, 0)));
        Assert.Throws<ObjectDisposedException>(() => version.CreateScope("Shop.Daily", NullLoggerFactory.Instance));
    }

    [Test]
    public async Task AScopeThatFailsToEnd_KeepsNoOtherFromIt()
    {
        await using var app = new FakeScriptServices(services => services.AddScoped<Held>().Share<Held>().AddScoped<Failing>().Share<Failing>());
        var version = app.Factory.ForVersion();
        version.CreateScope("Shop.A", NullLoggerFactory.Instance).GetService(typeof(Failing));
        var held = (Held)version.CreateScope("Shop.B", NullLoggerFactory.Instance).GetService(typeof(Held))!;

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await version.DisposeAsync());

        Assert.That(held.IsDisposed, Is.True);
    }

    private sealed class Held : IDisposable
    {
        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }

    private sealed class Failing : IDisposable
    {
        public void Dispose() => throw new InvalidOperationException("Still in use.");
    }
}

/// <summary>A version whose services never end is unloaded all the same.</summary>
[NonParallelizable]
public sealed class VersionThatHoldsOnTests : ProbesTestBase
{
    private protected override void Configure(PluginHostOptions options) => options.Unload.DisposeTimeout = TimeSpan.FromMilliseconds(200);

    [Test]
    public async Task AServiceThatNeverEnds_HoldsUpTheUnloadForItsLimit_AndNoLonger()
    {
        var version = await Host.DeployAsync(Assembly);
        using (var lease = version.TryLease()!)
        {
            // What it gets is the application's, and of the application's code: it keeps no plugin, but the scope hangs.
            (await lease.GetServicesAsync()).CreateScope("PluginHost.Probes.Nothing", NullLoggerFactory.Instance).GetService(typeof(Hanging));
        }

        await Host.Unloading.StartAsync(CancellationToken.None);
        Host.RemovePlugin();

        var watch = Stopwatch.StartNew();
        while (Host.Leaked.Unloaded == 0)
        {
            Assert.That(watch.Elapsed, Is.LessThan(TimeSpan.FromSeconds(30)), "it was never unloaded");
            Time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Delay(10);
        }

        await Host.Unloading.StopAsync(CancellationToken.None);
    }
}
