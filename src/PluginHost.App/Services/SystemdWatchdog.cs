using System.Globalization;
using Microsoft.Extensions.Hosting.Systemd;

namespace PluginHost.App.Services;

/// <summary>How often systemd wants to hear from the host; null when it does not ask for that.</summary>
internal sealed record WatchdogInterval(TimeSpan? Value);

/// <summary>
/// Tells systemd that the host is at work, as long as it can say how it is. One whose thread pool or locks hang falls silent,
/// and is started anew. It does not ask the database: one that is away for a while is no reason to end what runs.
/// </summary>
internal sealed class SystemdWatchdog(WatchdogInterval interval, ISystemdNotifier notifier, IPluginHost host, TimeProvider time) : BackgroundService
{
    private const string Variable = "WATCHDOG_USEC";

    private static readonly ServiceState Alive = new("WATCHDOG=1");

    /// <summary>Half of what the unit allows, as systemd advises.</summary>
    public static WatchdogInterval Interval() =>
        new(long.TryParse(Environment.GetEnvironmentVariable(Variable), CultureInfo.InvariantCulture, out var microseconds) && microseconds > 0
            ? TimeSpan.FromMicroseconds(microseconds / 2.0)
            : null);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (interval.Value is not { } every)
        {
            return;
        }

        using var timer = new PeriodicTimer(every, time);
        do
        {
            host.GetStatus();
            notifier.Notify(Alive);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
