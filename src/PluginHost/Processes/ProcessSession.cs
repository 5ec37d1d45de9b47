using System.Diagnostics;
using System.Runtime.InteropServices;

namespace PluginHost.Processes;

/// <summary>Ends processes by signal.</summary>
internal static partial class ProcessSession
{
    private const int SigKill = 9;

    /// <summary>Ends every process of the group that the given process leads.</summary>
    public static void Kill(int leader) => _ = SendSignal(-leader, SigKill);

    /// <summary>Ends one process.</summary>
    /// <returns>Whether there was one to end.</returns>
    public static bool KillOne(int process) => SendSignal(process, SigKill) == 0;

    /// <summary>Ends this process, and the group of processes that it leads if it leads one. Does not come back.</summary>
    public static void KillOwn()
    {
        if (!OperatingSystem.IsWindows() && GetProcessGroup(0) == Environment.ProcessId)
        {
            Kill(Environment.ProcessId);
        }

        using var self = Process.GetCurrentProcess();
        self.Kill();
    }

    [LibraryImport("libc", EntryPoint = "getpgid")]
    private static partial int GetProcessGroup(int processId);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int processId, int signal);
}
