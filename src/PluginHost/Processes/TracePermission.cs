using System.Runtime.InteropServices;

namespace PluginHost.Processes;

/// <summary>Lets one other process look into this one, for as long as it is not disposed.</summary>
/// <remarks>
/// Where Linux restricts ptrace to ancestors (kernel.yama.ptrace_scope = 1, as on Ubuntu), a process must name who else
/// may. Elsewhere nothing has to be permitted, or nothing can be.
/// </remarks>
internal sealed partial class TracePermission : IDisposable
{
    private const int SetTracer = 0x59616d61;

    private TracePermission(int process)
    {
        if (OperatingSystem.IsLinux())
        {
            _ = Control(SetTracer, process);
        }
    }

    public static TracePermission Give(int process) => new(process);

    public void Dispose()
    {
        if (OperatingSystem.IsLinux())
        {
            _ = Control(SetTracer, 0);
        }
    }

    // Fails where the kernel is built without that restriction, which does not matter.
    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static partial int Control(int option, nint argument);
}
