using System.ComponentModel;
using System.Diagnostics;

namespace PluginHost.Processes;

/// <summary>Lets a command, and all that it starts, have the processors only as far as others leave them.</summary>
internal static class BackgroundPriority
{
    /// <summary>On Unix: what a command is started through, in its own session.</summary>
    /// <remarks>
    /// Linux may share the processors out between sessions before it looks at processes: then the priority of a process
    /// counts in its session alone, and the session has one of its own. It can only be set from within, or once the
    /// session is sure to be there. A third of what others get, and no less: the build that mends a script which keeps all
    /// processors busy has to come to an end.
    /// </remarks>
    public static IReadOnlyList<string> Launcher { get; } =
        ["/bin/sh", "-c", """(echo 5 > /proc/self/autogroup) 2> /dev/null; command -v nice > /dev/null && exec nice -n 5 "$0" "$@"; exec "$0" "$@" """];

    /// <summary>Where there is no launcher: for a process that has just been started.</summary>
    public static void Give(Process process)
    {
        try
        {
            process.PriorityClass = ProcessPriorityClass.BelowNormal;
        }
        catch (Exception failure) when (failure is Win32Exception or InvalidOperationException)
        {
            // It has ended, or the system does not let it: it runs like any other then.
        }
    }
}
