using Microsoft.Extensions.Hosting.Systemd;

namespace PluginHost.App.Services;

/// <summary>Tells systemd when the host listens, which is when what depends on it may start, and when it stops.</summary>
internal sealed class SystemdState(ISystemdNotifier notifier, IHostApplicationLifetime lifetime) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        // Not when the first load has ended: a first clone and build may take longer than systemd waits for a start.
        lifetime.ApplicationStarted.Register(() => notifier.Notify(ServiceState.Ready));
        lifetime.ApplicationStopping.Register(() => notifier.Notify(ServiceState.Stopping));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
