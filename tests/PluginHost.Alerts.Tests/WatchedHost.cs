using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using PluginHost.AspNetCore.Tests;

namespace PluginHost.Alerts.Tests;

/// <summary>An application with alerts over a plugin host that does what a test says.</summary>
internal sealed class WatchedHost : IAsyncDisposable
{
    private readonly IHost _app;

    private WatchedHost(IHost app, FakeHost host) => (_app, Host) = (app, host);

    public FakeHost Host { get; }

    public static async Task<WatchedHost> StartAsync(FakeHost host, TimeProvider time, params (string Key, string Value)[] settings)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create($"PluginHost:Alerts:{setting.Key}", (string?)setting.Value)));
        builder.Services.AddLogging(logging => logging.ClearProviders());
        builder.Services.AddSingleton<IPluginHost>(host);
        builder.Services.AddSingleton(time);
        new Builder(builder.Services).AddAlerts();
        var app = builder.Build();
        await app.StartAsync();
        await host.Watched.Task;
        return new WatchedHost(app, host);
    }

    /// <summary>A run has ended.</summary>
    public void End(RunInfo run)
    {
        // The newest first, as they are listed.
        Host.Runs.Insert(0, run);
        Tell(HostEventKind.Run, run.Id);
    }

    public void Tell(HostEventKind kind, string id) => Host.Events.Writer.TryWrite(new HostEvent(kind, id));

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        _app.Dispose();
    }

    private sealed class Builder(IServiceCollection services) : IPluginHostBuilder
    {
        public IServiceCollection Services => services;

        public IPluginHostBuilder Share<TService>() where TService : class => this;
    }
}
