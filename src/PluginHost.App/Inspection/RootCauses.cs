namespace PluginHost.App.Inspection;

/// <summary>Says in words what a chain of references means, and what to do about it.</summary>
internal static class RootCauses
{
    /// <summary>Stands between a plugin's type and that of the framework that it is derived from.</summary>
    public const string DerivedFrom = " : ";

    private sealed record Pattern(string Mark, string Cause, string Advice);

    // In this order: the more exact one first. A mark is part of a type's name.
    private static readonly Pattern[] Patterns =
    [
        new("System.AppDomain", "An event of AppDomain, such as ProcessExit", Unsubscribe("AppDomain.CurrentDomain.ProcessExit, DomainUnload or the like")),
        new("System.UnhandledExceptionEventHandler", "The event AppDomain.UnhandledException", Unsubscribe("AppDomain.CurrentDomain.UnhandledException")),
        new("FirstChanceExceptionEventArgs", "The event AppDomain.FirstChanceException", Unsubscribe("AppDomain.CurrentDomain.FirstChanceException")),
        new("ConsoleCancelEventHandler", "The event Console.CancelKeyPress", Unsubscribe("Console.CancelKeyPress")),
        new("UnobservedTaskExceptionEventArgs", "The event TaskScheduler.UnobservedTaskException", Unsubscribe("TaskScheduler.UnobservedTaskException")),
        new("PosixSignalRegistration", "A PosixSignalRegistration that was not disposed", "Dispose the registration before the run ends."),
        new("PosixSignalContext", "A PosixSignalRegistration that was not disposed", "Dispose the registration before the run ends."),
        new("System.Timers.Timer", "A System.Timers.Timer that runs", "Dispose the timer before the run ends, or wait in RunAsync with Task.Delay and the run's token."),
        new("System.Threading.TimerQueue", "A timer or a Task.Delay that goes on", "Dispose the timer before the run ends; pass the run's token to Task.Delay and end loops when it is cancelled."),
        new("TimerQueueTimer", "A timer or a Task.Delay that goes on", "Dispose the timer before the run ends; pass the run's token to Task.Delay and end loops when it is cancelled."),
        new("_ThreadPoolWaitOrTimerCallback", "A wait registered with ThreadPool.RegisterWaitForSingleObject", "Unregister it before the run ends."),
        new("RegisteredWaitHandle", "A wait registered with ThreadPool.RegisterWaitForSingleObject", "Unregister it before the run ends."),
        new("Microsoft.EntityFrameworkCore", "Entity Framework Core, whose instruments and caches never let go", "Each version with it costs memory until a restart: run the script in a process of its own."),
        new("System.Diagnostics.Metrics", "An observable instrument or a MeterListener that was not disposed", "Dispose the Meter or the listener before the run ends."),
        new("System.Diagnostics.ActivityListener", "An ActivityListener that was not disposed", "Dispose the listener before the run ends."),
        new("System.Diagnostics.Tracing.EventListener", "An EventListener that was not disposed", "Dispose the listener before the run ends."),
        new("AssemblyLoadContext", "An event of an AssemblyLoadContext, such as Default.Resolving", Unsubscribe("the event")),
        new("CancellationTokenSource", "A registration on a cancellation token that outlives the run", "Dispose the registration, and use the token of the run."),
        new("System.Text.Json", "A cache of System.Text.Json", "Leave PluginHost:Unload:ClearCaches on, or use a JsonSerializerContext of source generation."),
        new("Newtonsoft.Json", "A cache of Newtonsoft.Json that the host shares", "Let the plugin bring its own copy: take it out of PluginHost:Load:SharedAssemblies."),
        new("System.ComponentModel.DataAnnotations", "A cache of DataAnnotations' Validator", "Leave PluginHost:Unload:ClearCaches on."),
        new("System.ComponentModel", "TypeDescriptor: a provider that was added, or its cache", "Remove what TypeDescriptor.AddAttributes or AddProvider added (RemoveProvider), and leave PluginHost:Unload:ClearCaches on."),
        new("Microsoft.CSharp", "The tables of 'dynamic'", "Leave PluginHost:Unload:PrivateDynamic on, and Microsoft.CSharp out of PluginHost:Load:SharedAssemblies."),
        new("Microsoft.Extensions.DependencyInjection", "A service container of the application that was asked for a type of the plugin", "Ask context.Services instead."),
        new("System.Threading.AsyncLocalValueMap", "An execution context that was captured with an AsyncLocal value of the plugin", "Set the AsyncLocal to null before the run ends, or start long-lived work under ExecutionContext.SuppressFlow()."),
        new("System.Collections.Generic.Dictionary<System.String, System.Object>", "A dictionary of values by name, such as that of AppDomain.SetData", "Set the value to null before the run ends, or keep it in context.State."),
        new("System.Exception", "An exception of the plugin that was kept", "Keep its text instead."),
    ];

    /// <summary>Explains a root.</summary>
    /// <param name="kind">Where the chain begins.</param>
    /// <param name="holder">The method that the thread is in, if it is known.</param>
    /// <param name="chain">The names of the types from there on.</param>
    public static LeakRoot Explain(LeakRootKind kind, string? holder, IReadOnlyList<string> chain)
    {
        var (cause, advice) = Match(chain) is { } known ? (known.Cause, known.Advice) : Otherwise(kind, holder, chain);
        return new LeakRoot(kind, holder, cause, advice, chain);
    }

    private static Pattern? Match(IReadOnlyList<string> chain)
    {
        // The last is the plugin's own, whatever it is called; what it is derived from counts.
        var names = chain.SkipLast(1).Concat(chain.TakeLast(1).Select(name => name.Split(DerivedFrom).ElementAtOrDefault(1) ?? "")).ToList();
        return Patterns.FirstOrDefault(pattern => names.Any(name => name.Contains(pattern.Mark, StringComparison.Ordinal)));
    }

    private static (string Cause, string Advice) Otherwise(LeakRootKind kind, string? holder, IReadOnlyList<string> chain) => kind switch
    {
        LeakRootKind.Stack => ($"A thread is at work in {holder ?? "code of the plugin"}", "End the threads and loops that the script starts before RunAsync returns: let them heed the run's token, and wait for them."),
        LeakRootKind.Finalizer => ("An object that waits for its finalizer", "The next collections may end that. A finalizer that never returns holds up all others."),
        LeakRootKind.StaticField => ($"A static field of the framework, the host or a shared library, of type {chain.ElementAtOrDefault(1) ?? "unknown"}", "Take out of it before the run ends what the script has put in."),
        _ => ($"A GC handle to an object of type {chain.FirstOrDefault() ?? "unknown"}", "Free each GCHandle that the script allocates, and unregister callbacks that native code or the runtime has."),
    };

    private static string Unsubscribe(string what) => $"Unsubscribe from {what} before the run ends (-= with the same method).";
}
