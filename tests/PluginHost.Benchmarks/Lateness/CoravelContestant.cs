using Coravel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace PluginHost.Benchmarks.Lateness;

/// <summary>Coravel, whose schedules know no seconds but "every second".</summary>
internal sealed class CoravelContestant : IContestant
{
    private IHost? _host;

    public async Task StartAsync(Load load, Recorder recorder)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddScheduler();
        _host = builder.Build();
        _host.Services.UseScheduler(scheduler =>
        {
            for (var schedule = 0; schedule < load.Count; schedule++)
            {
                var group = load.Group(schedule);
                scheduler.Schedule(() => recorder.Start(group, null)).EverySecond();
            }
        });
        await _host.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.StopAsync();
            _host.Dispose();
        }
    }
}
