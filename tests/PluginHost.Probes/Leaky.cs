using System.ComponentModel;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Diagnostics.Tracing;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace PluginHost.Probes.Leaky;

// These keep their version in memory, whatever the host does.

public sealed class ProcessExit : Probe
{
    protected override void Do() => AppDomain.CurrentDomain.ProcessExit += (_, _) => { };
}

public sealed class Unhandled : Probe
{
    protected override void Do() => AppDomain.CurrentDomain.UnhandledException += (_, _) => { };
}

public sealed class CancelKeyPress : Probe
{
    protected override void Do() => Console.CancelKeyPress += (_, _) => { };
}

public sealed class UnobservedTask : Probe
{
    protected override void Do() => TaskScheduler.UnobservedTaskException += (_, _) => { };
}

public sealed class Resolving : Probe
{
    protected override void Do() => AssemblyLoadContext.Default.Resolving += (_, _) => null;
}

public sealed class Signal : Probe
{
    private static PosixSignalRegistration? _registration;

    protected override void Do() => _registration = PosixSignalRegistration.Create(PosixSignal.SIGHUP, _ => { });
}

public sealed class StaticTimer : Probe
{
    private static readonly Timer Timer = new(_ => { }, null, 100, 100);

    protected override void Do() => Timer.Change(100, 100);
}

public sealed class TimersTimer : Probe
{
    private static readonly System.Timers.Timer Timer = new(100);

    protected override void Do()
    {
        Timer.Elapsed += (_, _) => { };
        Timer.Start();
    }
}

public sealed class ThreadForEver : Probe
{
    protected override void Do() => new Thread(Work) { IsBackground = true }.Start();

    private static void Work()
    {
        while (true)
        {
            Thread.Sleep(100);
        }
    }
}

public sealed class LoopOfDelays : Probe
{
    protected override void Do() => Task.Run(async () =>
    {
        while (true)
        {
            await Task.Delay(100);
        }
    });
}

public sealed class Handle : Probe
{
    protected override void Do() => GCHandle.Alloc(new Order(1, Size.Large));
}

public sealed class RegisteredWait : Probe
{
    private static readonly AutoResetEvent Never = new(false);

    protected override void Do() => ThreadPool.RegisterWaitForSingleObject(Never, (_, _) => { }, null, Timeout.Infinite, executeOnlyOnce: true);
}

public sealed class DomainData : Probe
{
    protected override void Do() => AppDomain.CurrentDomain.SetData("probe", new Order(1, Size.Large));
}

public sealed class DescriptionProvider : Probe
{
    protected override void Do() => TypeDescriptor.AddAttributes(typeof(Order), new DescriptionAttribute("x"));
}

public sealed class ObservableGauge : Probe
{
    private static readonly Meter Meter = new("probe");

    protected override void Do() => Meter.CreateObservableGauge("g", () => 1);
}

public sealed class ActivityListening : Probe
{
    protected override void Do() => ActivitySource.AddActivityListener(new ActivityListener { ShouldListenTo = _ => false });
}

public sealed class EventListening : Probe
{
    private static Listener? _listener;

    protected override void Do() => _listener = new Listener();

    private sealed class Listener : EventListener;
}
