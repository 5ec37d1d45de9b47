using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using PluginHost.AspNetCore.Tests;
using PluginHost.TestInfra;

namespace PluginHost.Alerts.Tests;

/// <summary>An application with alerts over a plugin host that does what a test says.</summary>
internal sealed class WatchedHost : IAsyncDisposable
{
    private readonly IHost _app;
    private readonly TestDirectory? _directory;

    private WatchedHost(IHost app, FakeHost host, TestDirectory? directory) => (_app, Host, _directory) = (app, host, directory);

    public FakeHost Host { get; }

    public static Task<WatchedHost> StartAsync(FakeHost host, TimeProvider time, params (string Key, string Value)[] settings)
    {
        var directory = new TestDirectory();
        return StartAsync(host, time, directory.Path, directory, settings);
    }

    /// <summary>Over the data of one before it.</summary>
    public static Task<WatchedHost> StartAgainAsync(FakeHost host, TimeProvider time, string data, params (string Key, string Value)[] settings) =>
        StartAsync(host, time, data, null, settings);

    private static async Task<WatchedHost> StartAsync(FakeHost host, TimeProvider time, string data, TestDirectory? directory, (string Key, string Value)[] settings)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create($"PluginHost:Alerts:{setting.Key}", (string?)setting.Value)));
        builder.Services.AddLogging(logging => logging.ClearProviders());
        builder.Services.AddSingleton<IPluginHost>(host);
        builder.Services.AddSingleton(time);
        builder.Services.Configure<PluginHostOptions>(options => options.DataDirectory = data);
        new Builder(builder.Services).AddAlerts();
        var app = builder.Build();
        await app.StartAsync();
        await host.Watched.Task;
        return new WatchedHost(app, host, directory);
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
        _directory?.Dispose();
    }

    private sealed class Builder(IServiceCollection services) : IPluginHostBuilder
    {
        public IServiceCollection Services => services;

        public IPluginHostBuilder Share<TService>() where TService : class => this;
    }
}
