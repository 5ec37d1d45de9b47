using System.Diagnostics;

namespace PluginHost.App;

/// <summary>Ends this process whatever else goes on in it: a script may hold up anything, and leave threads behind that would keep it.</summary>
internal static class ProcessEnd
{
    public static void Now(int exitCode) =>
#pragma warning disable RS0030 // The one place in which the process is ended; its runs have been finished by then.
        Environment.Exit(exitCode);
#pragma warning restore RS0030

    /// <summary>Ends the process when it has not ended by itself in time.</summary>
    public static void After(TimeSpan limit, Func<int> exitCode) => Wait(limit, () => Now(exitCode()));

    /// <summary>The same, and nothing in the process is asked any more.</summary>
    public static void KillAfter(TimeSpan limit) => Wait(limit, Process.GetCurrentProcess().Kill);

    private static void Wait(TimeSpan limit, Action end) =>
        new Thread(() =>
        {
#pragma warning disable RS0030 // Timers call on the thread pool, which a script can block.
            Thread.Sleep(limit);
#pragma warning restore RS0030
            end();
        }) { IsBackground = true, Name = "PluginHost end" }.UnsafeStart();
}
