using System.Runtime.InteropServices;

namespace PluginHost.App.Supervision;

/// <summary>Whether somebody has asked this process to stop: Ctrl-C, SIGTERM, or what Windows has for them.</summary>
internal sealed class StopSignals : IDisposable
{
    private static readonly PosixSignal[] Signals = [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGQUIT];

    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PosixSignalRegistration[] _registrations;

    /// <param name="takeOver">Whether the process is left to go on; otherwise the signal does what it would do.</param>
    public StopSignals(bool takeOver) => _registrations =
    [
        .. Signals.Select(signal => PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel |= takeOver;
            _asked.TrySetResult();
        })),
    ];

    public Task Asked => _asked.Task;

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }
    }
}
