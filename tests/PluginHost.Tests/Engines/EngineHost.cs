using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PluginHost.Swapping;
using PluginHost.TestInfra;

namespace PluginHost.Tests.Engines;

/// <summary>A whole host as an application has it, by real time, with one schedule engine or the other. What is live on it the tests say themselves.</summary>
internal sealed class EngineHost : IAsyncDisposable
{
    private readonly TestDirectory _directory;
    private readonly Engine _engine;
    private readonly string _schema;
    private readonly Lock _swapping = new();
    private IHost _host;

    private EngineHost(Engine engine)
    {
        (_engine, _directory, _schema) = (engine, new TestDirectory(), $"test_{Guid.NewGuid():n}");
        TestRepository.Create(_directory.Combine("repository")).Commit("Nothing");
        _host = Build();
    }

    public IPluginHost Api => _host.Services.GetRequiredService<IPluginHost>();

    public IServiceProvider Services => _host.Services;

    public static async Task<EngineHost> StartAsync(Engine engine)
    {
        var host = new EngineHost(engine);
        await host._host.StartAsync();
        return host;
    }

    /// <summary>The host stops as at the end of its process. Nothing is live on the next one before it is deployed.</summary>
    public async Task StopAsync()
    {
        await _host.StopAsync();
        await ((IAsyncDisposable)_host).DisposeAsync();
    }

    public async Task StartAgainAsync()
    {
        _host = Build();
        await _host.StartAsync();
    }

    /// <summary>Makes a plugin live, or another version of it.</summary>
    public void Deploy(LivePlugin plugin) => Swap(plugins => [.. plugins.Where(other => other.Id != plugin.Id), plugin]);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _directory.Dispose();
    }

    private void Swap(Func<IEnumerable<LivePlugin>, IEnumerable<LivePlugin>> change)
    {
        var live = _host.Services.GetRequiredService<LiveRegistry>();
        lock (_swapping)
        {
            live.Swap(new LiveSnapshot(change(live.Current.Plugins.Values)));
        }
    }

    private IHost Build()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.AddFilter(_ => false);
        builder.Services.AddSingleton<Acts>();
        var host = builder.Services.AddPluginHost(options =>
        {
            (options.DataDirectory, options.NodeName) = (_directory.Combine("data"), "node");
            options.Sources["default"] = new SourceOptions { Url = _directory.Combine("repository"), Poll = TimeSpan.FromHours(1) };
            (options.Runs.CaptureConsole, options.Runs.WatchProcess) = (false, false);
        });
        host.Share<Acts>();
        if (_engine == Engine.Quartz)
        {
            host.UseCluster($"{SharedPostgres.ConnectionString}");
            builder.Services.Configure<ClusterOptions>(options => options.Schema = _schema);
        }

        return builder.Build();
    }
}

/// <summary>What decides on when a schedule has its turn.</summary>
public enum Engine
{
    /// <summary>Our own, of a host alone.</summary>
    Embedded,

    /// <summary>Quartz.NET, of a cluster.</summary>
    Quartz,
}
