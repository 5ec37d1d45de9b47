using System.Diagnostics;
using System.Runtime.InteropServices;

namespace PluginHost.Build;

/// <summary>Turns this process into another program.</summary>
internal static partial class ProcessImage
{
    /// <summary>Returns the program's exit code where the program could not take this process over.</summary>
    public static int ReplaceWith(string executable, string[] arguments)
    {
        if (OperatingSystem.IsWindows())
        {
            return RunAndWait(executable, arguments);
        }

        // With exec there is no wrapper left: signals and exit code are the host's own, and nobody can be orphaned.
        _ = Execvp(executable, [executable, .. arguments, null]);

        throw new InvalidOperationException(
            $"'{executable}' could not be started: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
    }

    private static int RunAndWait(string executable, string[] arguments)
    {
        // Ctrl+C goes to every process of the console. The host answers it; this process only waits, for
        // Program.cs has told the runtime not to end it.
        using var process = Process.Start(new ProcessStartInfo(executable, arguments))
            ?? throw new InvalidOperationException($"'{executable}' could not be started.");

        process.WaitForExit();
        return process.ExitCode;
    }

    [LibraryImport("libc", EntryPoint = "execvp", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execvp(string file, string?[] arguments);
}
